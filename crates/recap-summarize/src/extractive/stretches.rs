//! Cutting text without punctuation into stretches that read like sentences.

use std::ops::Range;

use super::joined::{Joined, Seam};
use super::lexicon::{Lexicon, Opener};
use super::words::Word;
use crate::tidy::is_unspaced;

/// Lengths of a stretch, in words.
const SHORTEST: usize = 7;
const USUAL: usize = 16;
const LONGEST: usize = 32;
/// A place where a clause is likely to begin; see [`merit`].
const CLEAN: i32 = 20;
/// Worse than any stretch: no way leads there.
const NO_WAY: i32 = i32::MIN / 2;

/// Ranges of words, and how many edges of each look like those of a sentence.
///
/// Of all ways to cut, the one whose cuts have the most merit and whose lengths
/// are the most usual: what is cut well here may leave no good place there.
pub(super) fn stretches(
    joined: &Joined,
    words: &[Word<'_>],
    lexicon: &Lexicon,
) -> Vec<(Range<usize>, usize)> {
    let merits = merits(joined, words, lexicon);
    // Two characters count as a word.
    let scale = if words[0].1.starts_with(is_unspaced) { 2 } else { 1 };
    let mut best: Vec<(i32, usize)> = vec![(0, 0)];
    for (end, merit) in merits.iter().enumerate().skip(1) {
        let starts = end.saturating_sub(LONGEST * scale)..=end.saturating_sub(SHORTEST * scale);
        let value =
            |start: usize| best[start].0.saturating_add(*merit) - unusual((end - start) / scale);
        let mut way = (NO_WAY, end - 1);
        for start in starts.take_while(|it| *it < end) {
            way = way.max((value(start), start));
        }
        best.push(way);
    }
    let mut found = Vec::new();
    let mut end = words.len();
    while end > 0 {
        let start = best[end].1;
        let clean = |at: usize| usize::from(merits[at] >= CLEAN);
        found.push((start..end, clean(start) + clean(end)));
        end = start;
    }
    found.reverse();
    found
}

/// What a length costs; more pieces cost more than fewer.
fn unusual(words: usize) -> i32 {
    20 + i32::try_from(words.abs_diff(USUAL)).unwrap_or(i32::MAX / 4)
}

/// How good it is to cut before each word, and after the last.
fn merits(joined: &Joined, words: &[Word<'_>], lexicon: &Lexicon) -> Vec<i32> {
    let mut found = Vec::with_capacity(words.len() + 1);
    let mut seams = joined.seams.iter().peekable();
    for (at, word) in words.iter().enumerate() {
        let mut seam = None;
        while let Some(next) = seams.next_if(|it| it.at <= word.0) {
            seam = Some(next);
        }
        let seam = seam.filter(|it| it.at == word.0);
        let before = at.checked_sub(1).map(|it| &words[it]);
        found.push(before.map_or(CLEAN, |it| merit(&joined.text, it, word, seam, lexicon)));
    }
    found.push(CLEAN);
    found
}

/// How good it is to cut between two words.
fn merit(
    text: &str,
    before: &Word<'_>,
    word: &Word<'_>,
    seam: Option<&Seam>,
    lexicon: &Lexicon,
) -> i32 {
    let mut merit = seam.map_or(0, |it| if it.pause { 60 } else { 4 });
    let end = before.0 + before.1.len();
    if text[end..word.0].contains([',', '،', '、', '，', ';', ':', '.', '!', '?', '。']) {
        merit += 40;
    }
    if lexicon.ends_between(&text[..end], &text[word.0..]) {
        return merit + 45;
    }
    if lexicon.is_stop_word_in_any_case(before.1) {
        // Hardly a clause ends with an article, a preposition or a pronoun.
        return merit - 25;
    }
    match lexicon.opening(&text[word.0..]) {
        Some((Opener::Joint, _)) => merit + 30,
        Some((Opener::Aside, _)) => merit + 24,
        Some((Opener::Dangling, _)) => merit + if lexicon.is_pronoun(word.1) { 24 } else { 16 },
        None => merit + if lexicon.is_stop_word_in_any_case(word.1) { 6 } else { 0 },
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use recap_core::transcript::Cue;

    use super::super::joined::Joined;
    use super::super::lexicon::Lexicon;
    use super::super::words::words;
    use super::stretches;

    /// Cues with a pause of a second before those that begin with `|`.
    #[track_caller]
    fn check(texts: &[&str], expected: &[(&str, usize)]) {
        let (mut now, mut cues) = (Duration::ZERO, Vec::new());
        for text in texts {
            now += Duration::from_secs(u64::from(text.starts_with('|')));
            let end = now + Duration::from_secs(3);
            cues.push(Cue { start: now, end, text: text.trim_start_matches('|').to_owned() });
            now = end;
        }
        let lexicon = Lexicon::of("en");
        let joined = Joined::new(&cues, &lexicon);
        let words = words(&joined.text);
        let text = |it: &std::ops::Range<usize>| {
            words[it.clone()].iter().map(|it| it.1).collect::<Vec<_>>().join(" ")
        };
        let found = stretches(&joined, &words, &lexicon);
        let found: Vec<(String, usize)> = found.iter().map(|it| (text(&it.0), it.1)).collect();
        let found: Vec<(&str, usize)> = found.iter().map(|it| (it.0.as_str(), it.1)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn cuts_are_at_pauses_and_before_clauses() {
        check(
            &[
                "most old laptops are slow because of the hard",
                "drive and not because of the processor",
                "|the cheapest fix is a solid state drive",
                "which costs about forty dollars but you",
                "should check the memory before you buy one",
            ],
            &[
                (
                    "most old laptops are slow because of the hard drive and not because of the processor",
                    2,
                ),
                ("the cheapest fix is a solid state drive which costs about forty dollars", 2),
                ("but you should check the memory before you buy one", 2),
            ],
        );
    }

    #[test]
    fn text_without_any_hint_is_cut_evenly() {
        let words: Vec<String> = ('a'..='t').map(|it| it.to_string().repeat(5)).collect();
        let line = words.join(" ");
        check(&[&line, &line], &[(&line, 1), (&line, 1)]);
    }
}
