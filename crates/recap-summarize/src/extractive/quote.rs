//! What is said, as it would be written.

use super::lexicon::Lexicon;
use crate::tidy;
use crate::tidy::is_unspaced;

/// A sentence of its own: without a joint, with a capital and a full stop.
pub(super) fn quoted(raw: &str, lexicon: &Lexicon) -> String {
    let text = lexicon.without_joint(raw).trim_matches([' ', ',', ';', ':', '-', '–', '、', '，']);
    let text = tidy::text(&balanced(text), tidy::LONGEST_POINT);
    let mut chars = text.chars();
    let capital: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
    let stop = if is_ended(&text) { "" } else { full_stop(&text) };
    format!("{capital}{}{stop}", chars.as_str())
}

pub(super) fn is_ended(text: &str) -> bool {
    text.ends_with(|it: char| !it.is_alphanumeric() && !is_mark_of_a_letter(it))
}

/// Vowel signs and the like end many a word and are no punctuation.
fn is_mark_of_a_letter(char: char) -> bool {
    matches!(char, '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{652}' | '\u{900}'..='\u{963}' | '\u{e30}'..='\u{e4e}')
}

fn full_stop(text: &str) -> &'static str {
    match text.chars().next_back() {
        // Thai and Lao end a sentence with nothing.
        None | Some('\u{e00}'..='\u{eff}') => "",
        Some(it) if is_unspaced(it) => "。",
        Some('\u{900}'..='\u{97f}') => "।",
        Some(_) => ".",
    }
}

/// Without a quotation mark whose partner is in another sentence.
fn balanced(text: &str) -> String {
    let mut text = text.to_owned();
    for (open, close) in [('“', '”'), ('„', '“'), ('«', '»'), ('「', '」'), ('"', '"')]
    {
        let count = |it: char| text.matches(it).count();
        let even =
            if open == close { count(open).is_multiple_of(2) } else { count(open) == count(close) };
        if !(even || open == '“' && text.contains('„')) {
            text = text.replace([open, close], "");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::lexicon::Lexicon;
    use super::quoted;

    #[test]
    fn a_quote_is_a_sentence_of_its_own() {
        let table = [
            ("en", "and so the water rises,", "The water rises."),
            ("en", "“It holds. ", "It holds."),
            ("en", "is it true?", "Is it true?"),
            ("ja", "しかし、紙は強い", "紙は強い。"),
            ("hi", "पहला वाक्य", "पहला वाक्य।"),
        ];
        for (language, raw, expected) in table {
            assert_eq!(quoted(raw, &Lexicon::of(language)), expected);
        }
    }
}
