//! The cues as one text that remembers when each part of it is said.

use std::time::Duration;

use recap_core::transcript::Cue;

use crate::tidy::is_unspaced;

/// Silence of this length between two cues is a pause.
const PAUSE: Duration = Duration::from_millis(600);

/// Where a cue begins in the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seam {
    /// In bytes.
    pub(super) at: usize,
    pub(super) start: Duration,
    pub(super) end: Duration,
    /// Whether there is silence before it.
    pub(super) pause: bool,
}

#[derive(Debug, Default)]
pub(super) struct Joined {
    pub(super) text: String,
    pub(super) seams: Vec<Seam>,
}

impl Joined {
    pub(super) fn new<'a>(cues: impl IntoIterator<Item = &'a Cue>) -> Self {
        let mut joined = Self::default();
        for cue in cues {
            joined.push(cue);
        }
        joined
    }

    fn push(&mut self, cue: &Cue) {
        let said = spoken(&cue.text);
        let (Some(last), Some(first)) = (self.text.chars().next_back(), said.chars().next()) else {
            self.seams.extend((!said.is_empty()).then(|| self.seam(cue)));
            self.text.push_str(&said);
            return;
        };
        if !(is_unspaced(last) && is_unspaced(first)) {
            self.text.push(' ');
        }
        let seam = self.seam(cue);
        self.seams.push(seam);
        self.text.push_str(&said);
    }

    fn seam(&self, cue: &Cue) -> Seam {
        let silent_from = self.seams.last().map_or(Duration::MAX, |it| it.end);
        let pause = cue.start.saturating_sub(silent_from) >= PAUSE;
        Seam { at: self.text.len(), start: cue.start, end: cue.end, pause }
    }

    /// The cue in which the byte at `at` is said.
    pub(super) fn seam_of(&self, at: usize) -> &Seam {
        let after = self.seams.partition_point(|it| it.at <= at);
        &self.seams[after.saturating_sub(1)]
    }
}

/// The words of a cue: no `[Music]`, no `♪`, no `>>` before a speaker.
fn spoken(text: &str) -> String {
    let mut said = String::with_capacity(text.len());
    let mut rest = text;
    // A bracket that nothing closes is left out alone.
    let last_close = text.rfind(']').unwrap_or(0);
    while let Some((before, inside)) = rest.split_once('[') {
        said.push_str(before);
        let closes = text.len() - inside.len() <= last_close;
        rest = if closes { inside.split_once(']').map_or(inside, |it| it.1) } else { inside };
    }
    said.push_str(rest);
    let said = said.replace(['♪', '♫'], " ").replace(">>", " ");
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use recap_core::transcript::Cue;

    use super::Joined;

    fn cue(start: u64, end: u64, text: &str) -> Cue {
        let at = Duration::from_secs;
        Cue { start: at(start), end: at(end), text: text.to_owned() }
    }

    #[test]
    fn brackets_that_nothing_closes_are_left_out() {
        let text = |text: &str| Joined::new(&[cue(0, 2, text)]).text;
        assert_eq!(text("[a] one [b [two"), "one b two");
        assert_eq!(text("]one[two]["), "]one");
    }

    #[test]
    fn cues_become_a_text_with_times() {
        let cues = [
            cue(0, 2, "[Music]"),
            cue(2, 4, ">> One"),
            cue(5, 6, "two [laughs]"),
            cue(6, 7, "和"),
            cue(7, 8, "紙"),
        ];
        let joined = Joined::new(&cues);
        assert_eq!(joined.text, "One two 和紙");
        let starts: Vec<u64> = joined.seams.iter().map(|it| it.start.as_secs()).collect();
        assert_eq!(starts, [2, 5, 6, 7]);
        assert_eq!(joined.seam_of(5).start.as_secs(), 5);
        assert!(joined.seams[1].pause && !joined.seams[2].pause);
    }
}
