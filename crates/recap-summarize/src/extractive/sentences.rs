//! From cues to sentences with times: those the captions mark, or, where they
//! mark none, stretches that are as easy to read.

use std::ops::Range;
use std::time::Duration;

use super::joined::Joined;
use super::lexicon::Lexicon;
use super::quote;
use super::split;
use super::stretches::stretches;
use super::words::{Word, length};

/// Longer sentences, in words, are cut: speech recognition marks no ends.
const LONGEST: usize = 60;

/// Something that can be quoted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sentence<'a> {
    /// When the cue begins in which it begins.
    pub(super) start: Duration,
    /// As it is said.
    pub(super) raw: &'a str,
    /// Where `raw` begins in the text of which `words` are, in bytes.
    pub(super) at: usize,
    pub(super) words: &'a [Word<'a>],
    /// Beginning and end that are those of a sentence: 0, 1 or 2.
    pub(super) edges: usize,
}

/// The sentences of a text, in order; `words` are those of all of it.
pub(super) fn sentences<'a>(
    joined: &'a Joined,
    words: &'a [Word<'a>],
    lexicon: &Lexicon,
) -> Vec<Sentence<'a>> {
    let mut found = Vec::new();
    let mut last = 0;
    for range in split::sentences(&joined.text, lexicon) {
        let first = last + words[last..].partition_point(|it| it.0 < range.start);
        last = first + words[first..].partition_point(|it| it.0 < range.end);
        let here = &words[first..last];
        if length(here) <= LONGEST {
            found.push(sentence(joined, range, here, 2));
            continue;
        }
        for (piece, edges) in stretches(joined, here, lexicon) {
            let end = here.get(piece.end).map_or(range.end, |it| it.0);
            let words = &here[piece.clone()];
            found.push(sentence(joined, here[piece.start].0..end, words, edges));
        }
    }
    found.retain(|it| !it.words.is_empty());
    mark_fragments(&mut found);
    found
}

/// A segment may begin and end in the middle of a sentence.
fn mark_fragments(sentences: &mut [Sentence<'_>]) {
    if let Some(first) = sentences.first_mut()
        && first.raw.starts_with(char::is_lowercase)
    {
        first.edges = first.edges.saturating_sub(1);
    }
    if let Some(last) = sentences.last_mut()
        && !quote::is_ended(last.raw)
    {
        last.edges = last.edges.saturating_sub(1);
    }
}

fn sentence<'a>(
    joined: &'a Joined,
    range: Range<usize>,
    words: &'a [Word<'a>],
    edges: usize,
) -> Sentence<'a> {
    let start = joined.seam_of(range.start).start;
    let said = &joined.text[range.clone()];
    let at = range.start + said.len() - said.trim_start().len();
    Sentence { start, raw: said.trim(), at, words, edges }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use recap_core::transcript::Cue;

    use super::super::joined::Joined;
    use super::super::lexicon::Lexicon;
    use super::super::quote::quoted;
    use super::super::words::words;
    use super::sentences;

    /// Quotes of cues of two seconds, and when they begin.
    fn found(language: &str, texts: &[&str]) -> Vec<(u64, String)> {
        let at = |it: usize| Duration::from_secs(2 * it as u64);
        let cue = |(at_, text): (usize, &&str)| Cue {
            start: at(at_),
            end: at(at_ + 1),
            text: (*text).to_owned(),
        };
        let cues: Vec<Cue> = texts.iter().enumerate().map(cue).collect();
        let lexicon = Lexicon::of(language);
        let joined = Joined::new(&cues, &lexicon);
        let words = words(&joined.text);
        let found = sentences(&joined, &words, &lexicon);
        found.iter().map(|it| (it.start.as_secs(), quoted(it.raw, &lexicon))).collect()
    }

    #[track_caller]
    fn check(language: &str, texts: &[&str], expected: &[(u64, &str)]) {
        let found = found(language, texts);
        let found: Vec<(u64, &str)> = found.iter().map(|it| (it.0, it.1.as_str())).collect();
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
    fn text_without_punctuation_is_cut_into_readable_pieces() {
        let line =
            "the river carries mud down to the sea and the delta grows a little every single year";
        let pieces = found("en", &[line; 8]);
        assert!(pieces.len() >= 6);
        for (_, text) in &pieces {
            assert!(text.starts_with(char::is_uppercase), "{text}");
            assert!(text.ends_with('.') && text.len() < 200, "{text}");
        }
        assert!(found("ja", &["紙".repeat(20).as_str(); 10]).len() >= 3);
    }
}
