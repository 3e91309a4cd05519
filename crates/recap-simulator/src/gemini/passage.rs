//! Sentences to quote from.

use crate::prose::sentences;

/// A sentence that is quoted is about this long, in characters.
const SHORTEST: usize = 40;
const LONGEST: usize = 180;

/// Speech recognition writes no full stops: its words are taken this many at a time.
const WORDS: usize = 14;
const CHARACTERS: usize = 40;

/// A heading does not end with one of these.
const LINKS: [&str; 22] = [
    "a", "an", "and", "are", "at", "but", "by", "for", "from", "in", "is", "it", "of", "on", "or",
    "that", "the", "to", "we", "which", "with", "you",
];

#[derive(Clone, Debug)]
pub(crate) struct Passage(Vec<String>);

impl Passage {
    /// The sentences of a transcript, without the times in it.
    pub(super) fn new(text: &str) -> Self {
        let words: Vec<&str> = text.split_whitespace().filter(|it| !is_time(it)).collect();
        let text = words.join(" ");
        let mut whole = sentences(&text);
        // A segment may begin in the middle of a sentence, which is not worth quoting.
        if whole.len() > 2 && whole[0].starts_with(char::is_lowercase) {
            whole.remove(0);
        }
        Self(whole.into_iter().flat_map(bounded).collect())
    }

    /// Goes on with what is said after it.
    pub(super) fn extend(&mut self, more: &Self) {
        self.0.extend_from_slice(&more.0);
    }

    /// The sentences of notes, which may be JSON: then those between quotation marks.
    pub(super) fn of_notes(text: &str) -> Self {
        let quoted: Vec<&str> =
            text.split('"').filter(|it| it.len() > SHORTEST && it.contains(' ')).collect();
        if text.contains('{') && !quoted.is_empty() {
            Self::new(&quoted.join(" "))
        } else {
            Self::new(text)
        }
    }

    /// The sentence at `part` of `parts` of the passage, or a longer one soon after it.
    pub(super) fn sentence(&self, part: usize, parts: usize) -> &str {
        let Some(last) = self.0.len().checked_sub(1) else { return "Nothing is said here." };
        let at = (self.0.len() * part / parts.max(1)).min(last);
        let near = self.0[at..].iter().take(4);
        near.clone().find(|it| it.chars().count() >= SHORTEST).unwrap_or(&self.0[at])
    }

    /// The beginning of that sentence, as a heading.
    pub(super) fn heading(&self, part: usize, parts: usize) -> String {
        let sentence = self.sentence(part, parts);
        let mut words: Vec<&str> = sentence.split_whitespace().take(7).collect();
        while words.len() > 3 && words.last().is_some_and(|it| LINKS.contains(it)) {
            words.pop();
        }
        let heading: String = words.join(" ").chars().take(60).collect();
        heading.trim_end_matches(|it: char| !it.is_alphanumeric()).to_owned()
    }

    /// A long word of that sentence.
    pub(super) fn keyword(&self, part: usize, parts: usize) -> String {
        let words = self.sentence(part, parts).split_whitespace();
        let bare = words.map(|it| it.trim_matches(|it: char| !it.is_alphanumeric()));
        let longest = bare.max_by_key(|it| it.chars().count()).unwrap_or_default();
        longest.chars().take(24).collect::<String>().to_lowercase()
    }
}

/// `[602]`, `[0:10:02]`, `(10:02)` or `10:02`.
fn is_time(word: &str) -> bool {
    let bare = word.trim_matches(|it| matches!(it, '[' | ']' | '(' | ')'));
    let digits = !bare.is_empty()
        && bare.chars().all(|it| it.is_ascii_digit() || matches!(it, ':' | '.' | 's' | '-'));
    digits
        && bare.contains(|it: char| it.is_ascii_digit())
        && (bare.contains(':') || word.starts_with('['))
}

/// Sentences that can be quoted: without end ones are cut into pieces, long ones short.
fn bounded(sentence: &str) -> Vec<String> {
    let length = sentence.chars().count();
    if length > 3 * LONGEST {
        let words: Vec<&str> = sentence.split_whitespace().collect();
        if words.len() > WORDS {
            return words.chunks(WORDS).map(|it| it.join(" ")).collect();
        }
        let characters: Vec<char> = sentence.chars().collect();
        return characters.chunks(CHARACTERS).map(|it| it.iter().collect()).collect();
    }
    if length <= LONGEST {
        return vec![sentence.to_owned()];
    }
    let start: String = sentence.chars().take(LONGEST).collect();
    let end = start.rfind(' ').unwrap_or(start.len());
    vec![format!("{}…", start[..end].trim_end_matches(|it: char| !it.is_alphanumeric()))]
}

#[cfg(test)]
mod tests {
    use super::Passage;

    #[test]
    fn times_are_not_quoted() {
        let passage = Passage::new(
            "[600] The first sentence is here.\n[0:10:05] The second, 10:06 is 3 long.",
        );
        assert_eq!(passage.0, ["The first sentence is here.", "The second, is 3 long."]);
    }

    #[test]
    fn text_without_full_stops_is_cut_into_pieces() {
        let heard = Passage::new(&"and so on ".repeat(100));
        assert!(heard.0.len() > 10 && heard.0.iter().all(|it| it.len() < 100));
        let unspaced = Passage::new(&"紙".repeat(1_000));
        assert!(unspaced.0.len() > 10);
    }

    #[test]
    fn the_end_of_a_sentence_that_began_before_is_left_out() {
        let passage = Passage::new("and so it ended. Then came the rain. It fell for days.");
        assert_eq!(passage.0.len(), 2);
    }

    #[test]
    fn every_part_has_a_sentence() {
        let passage =
            Passage::new("Short. A sentence that is long enough to be quoted by someone.");
        assert!(passage.sentence(0, 3).starts_with("A sentence"));
        assert!(passage.sentence(2, 3).starts_with("A sentence"));
        assert_eq!(passage.heading(1, 2), "A sentence that is long enough");
        assert_eq!(Passage::new("").sentence(1, 2), "Nothing is said here.");
    }

    #[test]
    fn notes_in_json_are_read_between_their_quotation_marks() {
        let notes = r#"Combine these. {"title": "T", "summary": "Water falls on the hills and runs down to the sea."}"#;
        let passage = Passage::of_notes(notes);
        assert_eq!(passage.0, ["Water falls on the hills and runs down to the sea."]);
    }
}
