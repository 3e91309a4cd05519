//! What is spoken in equal time: a word, or a character where no spaces are written.

use super::primary;

/// Whether words of this language stand apart.
pub(super) fn is_spaced(language: &str) -> bool {
    !matches!(primary(language), "ja" | "zh" | "th")
}

/// The units of a sentence, punctuation attached.
pub(super) fn units(sentence: &str, spaced: bool) -> Vec<&str> {
    if spaced { sentence.split_whitespace().collect() } else { characters(sentence) }
}

/// One unit per character; numbers and Latin words stay whole, a mark stays with
/// the character before it and an opening bracket with the one after it.
fn characters(sentence: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut previous = None;
    for (at, char) in sentence.char_indices() {
        if previous.is_some_and(|it| begins_unit(it, char)) {
            found.push(sentence[start..at].trim());
            start = at;
        }
        previous = Some(char);
    }
    found.push(sentence[start..].trim());
    found.retain(|it| !it.is_empty());
    found
}

fn begins_unit(previous: char, char: char) -> bool {
    let opens = |it: char| matches!(it, '「' | '『' | '（' | '(' | '《' | '“');
    let one_word = previous.is_ascii_alphanumeric() && char.is_ascii_alphanumeric();
    (char.is_alphanumeric() || opens(char)) && !opens(previous) && !one_word
}

/// A unit as speech recognition writes it: lower case, no punctuation around it.
pub(super) fn heard(unit: &str) -> String {
    unit.trim_matches(|it: char| !it.is_alphanumeric()).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::{heard, units};

    #[test]
    fn words_and_characters_keep_their_punctuation() {
        assert_eq!(units("Well, it is.", true), ["Well,", "it", "is."]);
        assert_eq!(units("「紙」は、3000年。", false), ["「紙」", "は、", "3000", "年。"]);
    }

    #[test]
    fn speech_recognition_hears_no_punctuation() {
        assert_eq!(heard("“It’s,"), "it’s");
        assert_eq!(heard("–"), "");
    }
}
