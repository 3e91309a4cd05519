//! The cues as one text that remembers when each part of it is said.

use std::time::Duration;

use recap_core::transcript::Cue;

use super::lexicon::Lexicon;
use crate::tidy::is_unspaced;

/// Silence of this length between two cues is a pause.
const PAUSE: Duration = Duration::from_millis(600);
/// How a change of speakers is written.
const SPEAKER: &str = ">>";

/// Marks after which a sentence goes on.
const PAUSES: [char; 4] = [',', '-', '–', '…'];

/// Where a cue begins in the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seam {
    /// In bytes.
    pub(super) at: usize,
    pub(super) start: Duration,
    pub(super) end: Duration,
    /// Whether there is silence before it, or another speaker.
    pub(super) pause: bool,
}

#[derive(Debug, Default)]
pub(super) struct Joined {
    pub(super) text: String,
    pub(super) seams: Vec<Seam>,
}

impl Joined {
    /// Without sounds in brackets, and without what speakers say while they
    /// look for words: `um`, and a word said twice.
    pub(super) fn new<'a>(cues: impl IntoIterator<Item = &'a Cue>, lexicon: &Lexicon) -> Self {
        let mut joined = Self::default();
        for cue in cues {
            let said = spoken(&cue.text);
            for (turn, part) in said.split(SPEAKER).enumerate() {
                joined.push(cue, part, turn > 0, lexicon);
            }
        }
        joined
    }

    fn push(&mut self, cue: &Cue, said: &str, turn: bool, lexicon: &Lexicon) {
        let mut first = true;
        for word in said.split_whitespace() {
            let filler = lexicon.is_filler(word);
            if filler || (lexicon.has_fillers() && !(turn && first) && self.repeats(word)) {
                self.take_over_mark(word);
                continue;
            }
            let (last, next) = (self.text.chars().next_back(), word.chars().next());
            let unspaced = |it: Option<char>| it.is_none_or(is_unspaced);
            if !(unspaced(last) && (last.is_none() || unspaced(next))) {
                self.text.push(' ');
            }
            if first {
                let seam = self.seam(cue, turn);
                self.seams.push(seam);
                first = false;
            }
            self.text.push_str(word);
        }
    }

    /// Whether a speaker says the last word once more. Numbers are meant, and so
    /// is what comes after the end of a sentence.
    fn repeats(&self, word: &str) -> bool {
        let bare = |it: &'_ str| it.trim_end_matches(PAUSES).len();
        let last = self.text.rsplit(' ').next().unwrap_or_default();
        let last = &last[..bare(last)];
        let plain = !last.is_empty() && last.chars().all(|it| it.is_alphabetic() || it == '\'');
        plain && last.eq_ignore_ascii_case(word.trim_end_matches(is_mark))
    }

    /// What is left out may end a clause or a sentence.
    fn take_over_mark(&mut self, word: &str) {
        let marks = &word[word.trim_end_matches(is_mark).len()..];
        if marks.starts_with(['.', '!', '?']) && !self.text.is_empty() {
            self.text.truncate(self.text.trim_end_matches(PAUSES).len());
            self.text.push_str(marks);
        }
    }

    fn seam(&self, cue: &Cue, turn: bool) -> Seam {
        let silent_from = self.seams.last().map_or(Duration::MAX, |it| it.end);
        let pause = turn || cue.start.saturating_sub(silent_from) >= PAUSE;
        Seam { at: self.text.len(), start: cue.start, end: cue.end, pause }
    }

    /// The cue in which the byte at `at` is said.
    pub(super) fn seam_of(&self, at: usize) -> &Seam {
        let after = self.seams.partition_point(|it| it.at <= at);
        &self.seams[after.saturating_sub(1)]
    }
}

fn is_mark(char: char) -> bool {
    PAUSES.contains(&char) || matches!(char, '.' | '!' | '?')
}

/// The words of a cue: no `[Music]`, no `♪`.
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
    if said.contains(['♪', '♫']) { said.replace(['♪', '♫'], " ") } else { said }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use recap_core::transcript::Cue;

    use super::super::lexicon::Lexicon;
    use super::Joined;

    fn cue(start: u64, end: u64, text: &str) -> Cue {
        let at = Duration::from_secs;
        Cue { start: at(start), end: at(end), text: text.to_owned() }
    }

    fn joined(cues: &[Cue]) -> Joined {
        Joined::new(cues, &Lexicon::of("en"))
    }

    #[test]
    fn brackets_that_nothing_closes_are_left_out() {
        let text = |text: &str| joined(&[cue(0, 2, text)]).text;
        assert_eq!(text("[a] one [b [two"), "one b two");
        assert_eq!(text("]one[two]["), "]one");
    }

    #[test]
    fn what_speakers_say_while_they_think_is_left_out() {
        let text = |text: &str| joined(&[cue(0, 2, text)]).text;
        assert_eq!(text("So, um, it is, uh, fine."), "So, it is, fine.");
        assert_eq!(text("it's, it's the the end"), "it's, the end");
        assert_eq!(text("The, the end, end."), "The, end.");
        assert_eq!(text("twenty 20 20, 20"), "twenty 20 20, 20");
        assert_eq!(text("Yes. >> Yes. >> yes"), "Yes. Yes. yes");
        let hindi = Joined::new(&[cue(0, 2, "धीरे धीरे")], &Lexicon::of("hi"));
        assert_eq!(hindi.text, "धीरे धीरे");
    }

    #[test]
    fn cues_become_a_text_with_times() {
        let cues = [
            cue(0, 2, "[Music]"),
            cue(2, 4, ">> One"),
            cue(5, 6, "two [laughs]"),
            cue(6, 7, "和"),
            cue(7, 8, "紙 >> 糸"),
        ];
        let joined = joined(&cues);
        assert_eq!(joined.text, "One two 和紙糸");
        let starts: Vec<u64> = joined.seams.iter().map(|it| it.start.as_secs()).collect();
        assert_eq!(starts, [2, 5, 6, 7, 7]);
        assert_eq!(joined.seam_of(5).start.as_secs(), 5);
        let pauses: Vec<bool> = joined.seams.iter().map(|it| it.pause).collect();
        assert_eq!(pauses, [true, true, false, false, true]);
    }
}
