//! From cues to sentences with times: those the captions mark, or, where they
//! mark none, stretches that are as easy to read.

use std::ops::Range;
use std::time::Duration;

use recap_core::transcript::Cue;
use unicode_segmentation::UnicodeSegmentation;

use super::joined::Joined;
use super::lexicon::Lexicon;
use super::split;
use super::words::length;
use crate::tidy;
use crate::tidy::is_unspaced;

/// Longer sentences, in words, are cut: speech recognition marks no ends.
const LONGEST: usize = 60;
/// Stretches are about this long.
const SHORTEST_STRETCH: usize = 11;
const USUAL_STRETCH: usize = 18;
const LONGEST_STRETCH: usize = 28;
/// How far a place to cut is looked around, in bytes.
const AROUND: usize = 200;
/// A place where a clause is likely to begin; see [`merit`].
const CLEAN: i32 = 20;

/// Something that can be quoted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sentence {
    /// When the cue begins in which it begins.
    pub(super) start: Duration,
    /// As it is quoted: without a joint, with a capital and a full stop.
    pub(super) text: String,
    /// As it is said.
    pub(super) raw: String,
    /// Beginning and end that are those of a sentence: 0, 1 or 2.
    pub(super) edges: usize,
}

/// The sentences of the cues, in order.
pub(super) fn sentences<'a>(
    cues: impl IntoIterator<Item = &'a Cue>,
    lexicon: &Lexicon,
) -> Vec<Sentence> {
    let joined = Joined::new(cues);
    let mut found = Vec::new();
    for range in split::sentences(&joined.text, lexicon) {
        if length(&joined.text[range.clone()]) <= LONGEST {
            found.push(sentence(&joined, range, 2, lexicon));
        } else {
            let pieces = stretches(&joined, range, lexicon);
            found.extend(
                pieces.into_iter().map(|(it, edges)| sentence(&joined, it, edges, lexicon)),
            );
        }
    }
    mark_fragments(&mut found);
    found
}

/// A segment may begin and end in the middle of a sentence.
fn mark_fragments(sentences: &mut [Sentence]) {
    if let Some(first) = sentences.first_mut()
        && first.raw.starts_with(char::is_lowercase)
    {
        first.edges = first.edges.saturating_sub(1);
    }
    if let Some(last) = sentences.last_mut()
        && !is_ended(&last.raw)
    {
        last.edges = last.edges.saturating_sub(1);
    }
}

fn sentence(joined: &Joined, range: Range<usize>, edges: usize, lexicon: &Lexicon) -> Sentence {
    let raw = joined.text[range.clone()].trim();
    let start = joined.seam_of(range.start).start;
    Sentence { start, text: quoted(raw, lexicon), raw: raw.to_owned(), edges }
}

/// A sentence of its own, as it would be written.
fn quoted(raw: &str, lexicon: &Lexicon) -> String {
    let text = lexicon.without_joint(raw).trim_matches([' ', ',', ';', ':', '-', '–', '、', '，']);
    let text = tidy::text(&balanced(text), tidy::LONGEST_POINT);
    let mut chars = text.chars();
    let capital: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
    let stop = if is_ended(&text) { "" } else { full_stop(&text) };
    format!("{capital}{}{stop}", chars.as_str())
}

fn is_ended(text: &str) -> bool {
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

/// Cuts a text without punctuation: at pauses, before words that begin a
/// clause, between cues, and always near the usual length. Says how many edges
/// of each piece look like those of a sentence.
fn stretches(
    joined: &Joined,
    range: Range<usize>,
    lexicon: &Lexicon,
) -> Vec<(Range<usize>, usize)> {
    let words = words(&joined.text, range.clone());
    let merit = |at: usize| merit(joined, range.clone(), words[at], lexicon);
    let mut found = Vec::new();
    let (mut first, mut clean) = (0, 1);
    // Two characters count as a word.
    let scale = if joined.text[range.clone()].starts_with(is_unspaced) { 2 } else { 1 };
    while words.len() - first > LONGEST_STRETCH * scale {
        let candidates = first + SHORTEST_STRETCH * scale..=first + LONGEST_STRETCH * scale;
        let best = candidates
            .max_by_key(|at| (merit(*at) - distance((*at - first) / scale), usize::MAX - at))
            .unwrap_or(first + USUAL_STRETCH * scale);
        let ends_clean = usize::from(merit(best) >= CLEAN);
        found.push((words[first]..words[best], clean + ends_clean));
        (first, clean) = (best, ends_clean);
    }
    found.extend(words.get(first).map(|it| (*it..range.end, clean + 1)));
    found
}

/// Where words begin; in a script without blanks, every character.
fn words(text: &str, range: Range<usize>) -> Vec<usize> {
    text[range.clone()].unicode_word_indices().map(|(at, _)| range.start + at).collect()
}

/// How good it is to cut before the word at `at`.
fn merit(joined: &Joined, range: Range<usize>, at: usize, lexicon: &Lexicon) -> i32 {
    let seam = joined.seam_of(at);
    // The words around it decide. Segmentation would look through all of a text,
    // and there is a place to judge at every word of it.
    let from = joined.text.ceil_char_boundary(at.saturating_sub(AROUND)).max(range.start);
    let to = joined.text.floor_char_boundary(at + AROUND).min(range.end);
    let (before, rest) = (joined.text[from..at].trim_end(), &joined.text[at..to]);
    let mut merit = match (seam.at == at, seam.pause) {
        (true, true) => 60,
        (true, false) => 4,
        _ => 0,
    };
    if before.ends_with([',', '،', '、', '，', ';', ':', '.']) {
        merit += 40;
    }
    if lexicon.ends_between(before, rest) {
        return merit + 45;
    }
    let last = before.unicode_words().next_back().unwrap_or_default();
    if lexicon.is_stop_word(&last.to_lowercase()) {
        // Hardly a clause ends with an article, a preposition or a pronoun.
        return merit - 25;
    }
    let next = rest.unicode_words().next().unwrap_or_default();
    if Lexicon::begins_with(&lexicon.joints, rest) {
        merit + 30
    } else if lexicon.pronouns.contains(&next) || Lexicon::begins_with(&lexicon.asides, rest) {
        merit + 24
    } else if Lexicon::begins_with(&lexicon.dangling, rest) {
        merit + 16
    } else {
        merit + if lexicon.is_stop_word(next) { 6 } else { 0 }
    }
}

fn distance(words: usize) -> i32 {
    i32::try_from(words.abs_diff(USUAL_STRETCH)).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use recap_core::transcript::Cue;

    use super::super::lexicon::Lexicon;
    use super::sentences;

    /// Cues of two seconds.
    fn cues(texts: &[&str]) -> Vec<Cue> {
        let at = |it: usize| Duration::from_secs(2 * it as u64);
        let cue = |(at_, text): (usize, &&str)| Cue {
            start: at(at_),
            end: at(at_ + 1),
            text: (*text).to_owned(),
        };
        texts.iter().enumerate().map(cue).collect()
    }

    #[track_caller]
    fn check(language: &str, texts: &[&str], expected: &[(u64, &str)]) {
        let found = sentences(&cues(texts), &Lexicon::of(language));
        let found: Vec<(u64, &str)> =
            found.iter().map(|it| (it.start.as_secs(), it.text.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn sentences_run_across_cues() {
        check(
            "en",
            &["Rain falls on", "the hills. And it", "runs down. But", "some stays"],
            &[(0, "Rain falls on the hills."), (2, "It runs down."), (4, "Some stays.")],
        );
        check(
            "ja",
            &["和紙は", "強い。「薄い", "紙」です。"],
            &[(0, "和紙は強い。"), (2, "「薄い紙」です。")],
        );
        check("hi", &["पहला वाक्य। दूसरा", "वाक्य"], &[(0, "पहला वाक्य।"), (0, "दूसरा वाक्य।")]);
        check("en", &["[Music]", "♪"], &[]);
    }

    #[test]
    fn text_without_punctuation_is_cut_before_clauses() {
        let line =
            "the river carries mud down to the sea and the delta grows a little every single year";
        let found = sentences(&cues(&[line; 8]), &Lexicon::of("en"));
        assert!(found.len() >= 6);
        for sentence in &found {
            assert!(sentence.text.starts_with(char::is_uppercase), "{sentence:?}");
            assert!(sentence.text.ends_with('.') && sentence.text.len() < 200, "{sentence:?}");
        }
        let unspaced = sentences(&cues(&["紙".repeat(20).as_str(); 10]), &Lexicon::of("ja"));
        assert!(unspaced.len() >= 3);
    }
}
