//! Summaries from the transcript's own sentences: no key, no network, any
//! language, and the same text for the same transcript.
//!
//! A segment of ten minutes has about a hundred sentences, so a call takes
//! milliseconds and needs no thread of its own. Nothing is kept between calls,
//! and the work for a video grows with its number of segments.

mod choose;
mod joined;
mod lexicon;
mod phrases;
mod quote;
mod sentences;
mod split;
mod stretches;
mod topics;
mod weigh;
mod whole;
mod words;

use std::ops::Range;
use std::time::Duration;

use async_trait::async_trait;
use recap_core::ports::{
    Answer, CombineRequest, Deltas, NotesRequest, Summarizer, SummarizerError,
};
use recap_core::summary::{KeyPoint, NotesStatus, SegmentNotes, Style, Summary, Usage};

use self::choose::{Ranked, Wish};
use self::joined::Joined;
use self::lexicon::Lexicon;
use self::quote::quoted;
use self::sentences::{Sentence, sentences};
use self::words::{Vocabulary, words};
use crate::{chapters, tidy};

const NAME: &str = "extractive";

/// Raised with each change that makes it choose other sentences.
const VERSION: &str = "2";
/// A point for every so many seconds of a segment: more than the video will
/// have, so that there is something to choose from.
const POINT_EVERY: u64 = 50;
const FEWEST_POINTS: usize = 5;

/// The summariser that quotes.
pub(crate) struct Extractive;

#[async_trait]
impl Summarizer for Extractive {
    fn name(&self) -> &'static str {
        NAME
    }

    fn version(&self) -> String {
        VERSION.to_owned()
    }

    async fn notes(
        &self,
        request: &NotesRequest<'_>,
    ) -> Result<Answer<SegmentNotes>, SummarizerError> {
        let notes = notes(request);
        let points = notes.points.iter().map(|it| it.text.as_str());
        tell(request.deltas, [notes.summary.as_str()].into_iter().chain(points));
        Ok(free(notes))
    }

    async fn combine(
        &self,
        request: &CombineRequest<'_>,
    ) -> Result<Answer<Summary>, SummarizerError> {
        if !request.notes.iter().any(chapters::tells) {
            return Err(SummarizerError::Blocked);
        }
        let (value, warnings) = whole::combine(request);
        tell(request.deltas, [value.tldr.as_str()]);
        Ok(Answer { warnings, ..free(value) })
    }
}

/// All at once, in lines, as it takes no time to write.
fn tell<'a>(deltas: Deltas<'_>, texts: impl IntoIterator<Item = &'a str>) {
    let told = texts.into_iter().filter(|it| !it.is_empty());
    deltas.write(&told.flat_map(|it| [it, "\n"]).collect::<String>());
}

fn free<T>(value: T) -> Answer<T> {
    Answer { value, usage: Usage::default(), warnings: Vec::new() }
}

fn notes(request: &NotesRequest<'_>) -> SegmentNotes {
    let lexicon = &Lexicon::of(request.transcript_language);
    let joined = Joined::new(request.chunks.iter().flat_map(|it| it.iter()), lexicon);
    let words = words(&joined.text);
    let sentences = sentences(&joined, &words, lexicon);
    let silent = chapters::silent(request, NAME);
    if sentences.is_empty() {
        return silent;
    }
    let mut vocabulary = Vocabulary::new(lexicon);
    let mut ranked = Ranked::new(&sentences, &topic(request), &mut vocabulary, lexicon);
    let most = summary_sentences(request.style, sentences.len());
    let summary = ranked.choose(Wish { most, spread: 0.3, taken: &[] }, &[]);
    let most = points(request, sentences.len());
    let points = ranked.choose(Wish { most, spread: 0.3, taken: &[] }, &ranges(request));
    let segment = request.segment;
    let title = segment
        .chapter
        .clone()
        .or_else(|| phrases::title(&sentences, &request.video.title, &mut vocabulary, lexicon));
    let within = segment.start..segment.end;
    let points = points.into_iter().map(|it| point(&sentences[it], &within, lexicon));
    let summary = texts(&sentences, &summary, lexicon);
    SegmentNotes {
        title: tidy::title(&[&title.unwrap_or_default(), &request.video.title], &summary),
        summary,
        points: tidy::ordered(points.collect()),
        status: NotesStatus::Done,
        ..silent
    }
}

/// What the segment is likely to be about.
fn topic(request: &NotesRequest<'_>) -> String {
    let chapter = request.segment.chapter.as_deref().unwrap_or_default();
    format!("{} {chapter}", request.video.title)
}

/// A cue may have begun before the segment did.
fn point(sentence: &Sentence<'_>, within: &Range<Duration>, lexicon: &Lexicon) -> KeyPoint {
    let last = within.end.saturating_sub(Duration::from_millis(1)).max(within.start);
    let start = sentence.start.clamp(within.start, last);
    KeyPoint { start, text: quoted(sentence.raw, lexicon) }
}

fn texts(sentences: &[Sentence<'_>], chosen: &[usize], lexicon: &Lexicon) -> String {
    let texts: Vec<String> = chosen.iter().map(|it| quoted(sentences[*it].raw, lexicon)).collect();
    let text = tidy::in_a_row(texts.iter().map(String::as_str));
    tidy::shortened(&text, tidy::LONGEST_SUMMARY)
}

fn summary_sentences(style: Style, all: usize) -> usize {
    let most = match style {
        Style::Brief | Style::Bullets => 2,
        Style::Detailed | Style::Chapters => 3 + usize::from(all > 70),
    };
    most.min(all)
}

/// More for a longer segment, but no more than half of what is said.
fn points(request: &NotesRequest<'_>, all: usize) -> usize {
    let length = request.segment.end.saturating_sub(request.segment.start).as_secs();
    let most = if request.style == Style::Brief { 6 } else { 12 };
    let wanted = usize::try_from(length / POINT_EVERY).unwrap_or(most).clamp(FEWEST_POINTS, most);
    wanted.max(ranges(request).len().min(2 * most)).min(all.div_ceil(2))
}

/// The video's own chapters in this segment, if there are several: each one
/// gets a point, from which its text is made later.
fn ranges(request: &NotesRequest<'_>) -> Vec<Range<Duration>> {
    let (start, end) = (request.segment.start, request.segment.end);
    let here = request.video.chapters.iter().filter(|it| it.start < end && it.end > start);
    let ranges: Vec<_> = here.map(|it| it.start..it.end).collect();
    if ranges.len() < 2 { Vec::new() } else { ranges }
}
