//! Thoughts among the text of an answer: some servers leave them there, between
//! `<think>` and `</think>`.

const OPEN: &str = "<think>";
const CLOSE: &str = "</think>";

/// What is no thought of a whole text: what comes after the last `</think>`, whose
/// beginning may have been in the prompt. Thoughts without an end are all there is.
pub(super) fn without(text: &str) -> &str {
    match text.rsplit_once(CLOSE) {
        Some((_, said)) => said,
        None if text.trim_start().starts_with(OPEN) => "",
        None => text,
    }
}

/// Where in a growing text the thoughts at its beginning end.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Watch {
    /// Known to be said, up to here.
    told: usize,
    /// Searched for the end of the thoughts, up to here.
    searched: usize,
    /// There are none, or they have ended.
    is_speech: bool,
}

impl Watch {
    /// What `text` says beyond what was told of it before; it has only grown since.
    pub(super) fn told<'a>(&mut self, text: &'a str) -> &'a str {
        let trimmed = text.trim_start();
        if !self.is_speech {
            if trimmed.starts_with(OPEN) {
                let from = text.floor_char_boundary(self.searched.saturating_sub(CLOSE.len()));
                let end = text[from..].find(CLOSE);
                self.searched = text.len();
                let Some(end) = end else { return "" };
                self.told = from + end + CLOSE.len();
            } else if OPEN.starts_with(trimmed) {
                return "";
            }
            self.is_speech = true;
        }
        let told = &text[self.told..];
        self.told = text.len();
        told
    }
}

#[cfg(test)]
mod tests {
    use super::{Watch, without};

    fn told(pieces: &[&str]) -> String {
        let (mut watch, mut text, mut told) = (Watch::default(), String::new(), String::new());
        for piece in pieces {
            text.push_str(piece);
            told.push_str(watch.told(&text));
        }
        told
    }

    #[test]
    fn only_what_is_said_is_told() {
        for (text, expected) in [
            ("", ""),
            ("{\"a\"}", "{\"a\"}"),
            ("<think>ä水</think>\n{}", "\n{}"),
            (" <think>never ending", ""),
            ("<thin air", "<thin air"),
        ] {
            assert_eq!(told(&[text]), expected, "{text}");
            let characters: Vec<String> = text.chars().map(String::from).collect();
            let pieces: Vec<&str> = characters.iter().map(String::as_str).collect();
            assert_eq!(told(&pieces), expected, "{text}, piece by piece");
            assert_eq!(without(text), expected, "{text}, whole");
        }
        assert_eq!(without("began in the prompt</think>{}"), "{}");
    }
}
