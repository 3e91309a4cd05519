//! Sentences for those who cannot cut captions themselves.

use recap_core::transcript::Cue;

use super::forms::Word;

/// Where nothing ends a sentence, runs of this many words, or twice as many characters.
const RUN: usize = 18;
/// A longer sentence is taken to be without punctuation.
const LONGEST: usize = 60;

/// Start in seconds, and text: to the marks that end sentences, and, where there are none,
/// as many words as a sentence usually has.
pub(super) fn sentences(cues: &[Cue]) -> Vec<(f64, String)> {
    let unspaced = cues.iter().any(|it| it.text.chars().any(is_unspaced));
    let words = super::forms::words(cues, if unspaced { "ja" } else { "en" });
    let (scale, blank) = if unspaced { (2, "") } else { (1, " ") };
    let mut found = Vec::new();
    for sentence in words.split_inclusive(|it| ends_sentence(&it.text)) {
        let each = if sentence.len() > LONGEST * scale { RUN * scale } else { sentence.len() };
        found.extend(sentence.chunks(each).map(|it| (it[0].start, text(it, blank))));
    }
    found
}

fn text(words: &[Word], blank: &str) -> String {
    words.iter().map(|it| it.text.as_str()).collect::<Vec<_>>().join(blank)
}

/// Whether a sentence ends with this word.
pub(super) fn ends_sentence(word: &str) -> bool {
    let bare = word.trim_end_matches(['"', '\'', '”', '’', '»', ')', '」', '』', '）']);
    let ended = bare.ends_with(['.', '!', '?', '…', '。', '！', '？', '؟', '।']);
    ended && !matches!(bare, "Dr." | "Mr." | "Mrs." | "Ms." | "St." | "z." | "B.")
}

fn is_unspaced(char: char) -> bool {
    matches!(char, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}')
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use recap_core::transcript::Cue;

    use super::sentences;

    fn check(texts: &[&str], expected: &[&str]) {
        let at = |it: usize| Duration::from_secs(it as u64);
        let cues: Vec<Cue> = texts
            .iter()
            .enumerate()
            .map(|(it, text)| Cue { start: at(it), end: at(it + 1), text: (*text).to_owned() })
            .collect();
        let found: Vec<String> = sentences(&cues).into_iter().map(|it| it.1).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn sentences_end_with_their_marks_or_after_eighteen_words() {
        check(&["One two.", "Dr. Three", "four? Five"], &["One two.", "Dr. Three four?", "Five"]);
        check(&["紙は強い。薄", "い。"], &["紙は強い。", "薄い。"]);
        let line = ["word"; 70].join(" ");
        let run = |words| vec!["word"; words].join(" ");
        check(&[&line], &[&run(18), &run(18), &run(18), &run(16)]);
    }
}
