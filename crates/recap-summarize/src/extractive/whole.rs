//! The summary of a whole video, from the quotes of its segments.

use std::time::Duration;

use recap_core::ports::CombineRequest;
use recap_core::summary::{KeyPoint, SegmentNotes, Style, Summary};

use super::choose::{Ranked, Wish};
use super::lexicon::{Lexicon, primary};
use super::sentences::Sentence;
use super::{NAME, bounded, split, texts};
use crate::{chapters, tidy};

const NOT_TRANSLATED: &str =
    "The extractive summarizer cannot translate: the summary is in the language of the transcript.";

/// The summary, and what the client should know about it.
pub(super) fn combine(request: &CombineRequest<'_>) -> (Summary, Vec<String>) {
    let told: Vec<&SegmentNotes> = request.notes.iter().filter(|it| chapters::tells(it)).collect();
    let (language, warnings) = language(request, &told);
    let lexicon = &Lexicon::of(language);
    let tldr = tldr(request, &told, lexicon);
    let summary = Summary {
        title: title(request, &told),
        key_points: key_points(request, &tldr, &told, lexicon),
        tldr,
        chapters: chapters::chapters(request.video, request.notes),
        language: language.to_owned(),
        style: request.style,
        model: NAME.to_owned(),
        coverage: request.coverage.clamp(0.0, 1.0),
    };
    (summary, warnings)
}

/// The language of the summary, and what there is to say about it. Notes that
/// a model wrote are in the language that is wanted; ours are quotes.
fn language<'a>(request: &CombineRequest<'a>, told: &[&SegmentNotes]) -> (&'a str, Vec<String>) {
    let quoted = told.iter().any(|it| it.model == NAME);
    let (from, to) = (primary(request.transcript_language), primary(request.language));
    if quoted && from != to && !matches!(from.as_str(), "" | "und") {
        return (request.transcript_language, vec![NOT_TRANSLATED.to_owned()]);
    }
    (request.language, Vec::new())
}

fn title(request: &CombineRequest<'_>, told: &[&SegmentNotes]) -> String {
    let title = tidy::text(&request.video.title, tidy::LONGEST_TITLE);
    let first = told.first().map(|it| it.title.as_str()).unwrap_or_default();
    if title.is_empty() { first.to_owned() } else { title }
}

/// The most central sentences of all that was quoted.
fn tldr(request: &CombineRequest<'_>, told: &[&SegmentNotes], lexicon: &Lexicon) -> String {
    let summaries = told.iter().flat_map(|it| of_summary(it, lexicon));
    let points = told.iter().flat_map(|it| &it.points).map(|it| quote(it.start, &it.text));
    let mut quotes: Vec<Sentence> = summaries.chain(points).collect();
    quotes.sort_by_key(|it| it.start);
    let quotes = bounded(quotes);
    let most = if request.style == Style::Brief { 2 } else { 3 };
    let ranked = Ranked::new(&quotes, &request.video.title, lexicon);
    let chosen = ranked.choose(Wish { most, spread: 0.3, taken: &[] }, &[]);
    tidy::shortened(&texts(&quotes, &chosen), tidy::LONGEST_SUMMARY)
}

/// The sentences of a summary, taken to be spread evenly over its segment.
fn of_summary(notes: &SegmentNotes, lexicon: &Lexicon) -> Vec<Sentence> {
    let ranges = split::sentences(&notes.summary, lexicon);
    let each =
        notes.end.saturating_sub(notes.start) / u32::try_from(ranges.len().max(1)).unwrap_or(1);
    let sentence = |(at, range): (u32, std::ops::Range<usize>)| {
        quote(notes.start + each * at, &notes.summary[range])
    };
    (0..).zip(ranges).map(sentence).collect()
}

fn quote(start: Duration, text: &str) -> Sentence {
    Sentence { start, text: text.to_owned(), raw: text.to_owned(), edges: 2 }
}

/// The best points, spread over the video; those that `tldr` tells come last.
fn key_points(
    request: &CombineRequest<'_>,
    tldr: &str,
    told: &[&SegmentNotes],
    lexicon: &Lexicon,
) -> Vec<KeyPoint> {
    let all = told.iter().flat_map(|it| &it.points);
    let quotes: Vec<Sentence> = bounded(all.map(|it| quote(it.start, &it.text)).collect());
    let taken: Vec<usize> =
        (0..quotes.len()).filter(|it| tldr.contains(&quotes[*it].text)).collect();
    let wish = Wish { most: tidy::most_points(request.style), spread: 0.9, taken: &taken };
    let chosen = Ranked::new(&quotes, &request.video.title, lexicon).choose(wish, &[]);
    let point = |it: &usize| KeyPoint { start: quotes[*it].start, text: quotes[*it].text.clone() };
    tidy::ordered(chosen.iter().map(point).collect())
}
