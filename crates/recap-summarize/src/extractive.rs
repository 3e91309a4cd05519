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
mod rank;
mod sentences;
mod split;
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
use self::lexicon::Lexicon;
use self::sentences::{Sentence, sentences};
use crate::{chapters, tidy};

const NAME: &str = "extractive";

/// Raised with each change that makes it choose other sentences.
const VERSION: &str = "2";
/// The graph has the square of this many ties; speech that is denser has its
/// neighbours joined.
const MOST_SENTENCES: usize = 400;
/// Of joined neighbours, in characters: together more than is said in an hour.
const LONGEST_RAW: usize = 4000;
/// A point for every so many seconds.
const POINT_EVERY: u64 = 80;

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
    let cues = request.chunks.iter().flat_map(|it| it.iter());
    let sentences = bounded(honest(sentences(cues, lexicon)));
    if sentences.is_empty() {
        return chapters::silent(request, NAME);
    }
    let ranked = Ranked::new(&sentences, &topic(request), lexicon);
    let most = summary_sentences(request.style, sentences.len());
    let summary = ranked.choose(Wish { most, spread: 0.4, taken: &[] }, &[]);
    let most = points(request, sentences.len());
    let points = ranked.choose(Wish { most, spread: 0.8, taken: &summary }, &ranges(request));
    let segment = request.segment;
    let title = segment
        .chapter
        .clone()
        .or_else(|| phrases::title(&sentences, &request.video.title, lexicon));
    let silent = chapters::silent(request, NAME);
    let points = points.iter().map(|it| point(&sentences[*it], segment.start..segment.end));
    let summary = tidy::shortened(&texts(&sentences, &summary), tidy::LONGEST_SUMMARY);
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
fn point(sentence: &Sentence, within: Range<Duration>) -> KeyPoint {
    let last = within.end.saturating_sub(Duration::from_millis(1)).max(within.start);
    KeyPoint { start: sentence.start.clamp(within.start, last), text: sentence.text.clone() }
}

fn texts(sentences: &[Sentence], chosen: &[usize]) -> String {
    tidy::in_a_row(chosen.iter().map(|it| sentences[*it].text.as_str()))
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
    let most = if request.style == Style::Brief { 4 } else { 6 };
    let wanted = usize::try_from(length / POINT_EVERY).unwrap_or(most).clamp(3, most);
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

/// Without links, and without those that are addressed to a summariser.
fn honest(mut sentences: Vec<Sentence>) -> Vec<Sentence> {
    let raws: Vec<&str> = sentences.iter().map(|it| it.raw.as_str()).collect();
    let mut planted = tidy::which_are_planted(&raws).into_iter();
    sentences.retain(|_| !planted.next().unwrap_or_default());
    for sentence in &mut sentences {
        sentence.raw = tidy::plain(&sentence.raw);
    }
    sentences
}

/// At most as many sentences as the graph takes: neighbours are joined.
fn bounded(mut sentences: Vec<Sentence>) -> Vec<Sentence> {
    while sentences.len() > MOST_SENTENCES {
        sentences = sentences.chunks(2).map(joined).collect();
    }
    sentences
}

fn joined(neighbours: &[Sentence]) -> Sentence {
    let texts: Vec<&str> = neighbours.iter().map(|it| it.text.as_str()).collect();
    let raws: Vec<&str> = neighbours.iter().map(|it| it.raw.as_str()).collect();
    Sentence {
        text: tidy::shortened(&texts.join(" "), tidy::LONGEST_POINT),
        raw: tidy::shortened(&raws.join(" "), LONGEST_RAW),
        ..neighbours[0].clone()
    }
}
