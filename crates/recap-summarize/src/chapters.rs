//! The chapters of a summary, from notes: the video's own, or one per segment.

use std::ops::Range;
use std::time::Duration;

use recap_core::ports::NotesRequest;
use recap_core::summary::{ChapterSummary, NotesStatus, SegmentNotes};
use recap_core::video::{Chapter, VideoMetadata};
use unicode_segmentation::UnicodeSegmentation;

use crate::tidy;

/// More chapters than this are a list of links, not of chapters.
const MOST_CHAPTERS: usize = 200;
/// Points that make up a chapter's text.
const POINTS: usize = 4;

/// Whether the notes say anything.
pub(crate) fn tells(notes: &SegmentNotes) -> bool {
    notes.status == NotesStatus::Done && !notes.summary.is_empty()
}

/// Notes on a segment in which nothing is said: a title and no more.
pub(crate) fn silent(request: &NotesRequest<'_>, model: &str) -> SegmentNotes {
    let title = request.segment.chapter.as_ref().unwrap_or(&request.video.title);
    SegmentNotes {
        index: request.segment.index,
        start: request.segment.start,
        end: request.segment.end,
        title: tidy::text(title, tidy::LONGEST_TITLE),
        summary: String::new(),
        points: Vec::new(),
        status: NotesStatus::Done,
        model: model.to_owned(),
    }
}

/// In order, without gaps, each with a text. A stretch about which the notes
/// say nothing belongs to the chapter before it, or else to the one after it.
pub(crate) fn chapters(video: &VideoMetadata, notes: &[SegmentNotes]) -> Vec<ChapterSummary> {
    let told: Vec<&SegmentNotes> = notes.iter().filter(|it| tells(it)).collect();
    let own = video.chapters.len();
    let mut chapters: Vec<ChapterSummary> = Vec::new();
    if (2..=MOST_CHAPTERS).contains(&own) {
        chapters.extend(video.chapters.iter().filter_map(|it| of_video(it, &told)));
    }
    if chapters.is_empty() {
        chapters.extend(told.iter().map(|it| of_segment(it)));
    }
    let start = notes.first().map_or(Duration::ZERO, |it| it.start);
    let end = notes.last().map_or(Duration::ZERO, |it| it.end);
    close_gaps(&mut chapters, start..end);
    chapters
}

fn of_segment(notes: &SegmentNotes) -> ChapterSummary {
    ChapterSummary {
        start: notes.start,
        end: notes.end,
        title: notes.title.clone(),
        summary: notes.summary.clone(),
    }
}

/// The summaries of the segments that lie in the chapter, or, for a chapter
/// that is only a part of a segment, the points made in it.
fn of_video(chapter: &Chapter, told: &[&SegmentNotes]) -> Option<ChapterSummary> {
    let title = tidy::text(&chapter.title, tidy::LONGEST_TITLE);
    let inside = |it: &&&SegmentNotes| it.start >= chapter.start && it.end <= chapter.end;
    let whole: Vec<&str> = told.iter().filter(inside).map(|it| it.summary.as_str()).collect();
    let summary = match whole.len() {
        0 => points(chapter, told).or_else(|| sentence(chapter, told))?,
        _ => tidy::in_a_row(whole),
    };
    let summary = tidy::text(&summary, tidy::LONGEST_SUMMARY);
    let valid = !title.is_empty() && !summary.is_empty() && chapter.start < chapter.end;
    valid.then_some(ChapterSummary { start: chapter.start, end: chapter.end, title, summary })
}

fn points(chapter: &Chapter, told: &[&SegmentNotes]) -> Option<String> {
    let here = chapter.start..chapter.end;
    let points = told.iter().flat_map(|it| &it.points).filter(|it| here.contains(&it.start));
    let texts = tidy::evenly(points.map(|it| it.text.as_str()).collect(), POINTS);
    (!texts.is_empty()).then(|| tidy::in_a_row(texts))
}

/// The sentence of the segment's summary that stands where the chapter does:
/// summaries follow the order of what is said.
fn sentence(chapter: &Chapter, told: &[&SegmentNotes]) -> Option<String> {
    let middle = chapter.start + chapter.end.saturating_sub(chapter.start) / 2;
    let notes = told.iter().find(|it| (it.start..it.end).contains(&middle))?;
    let sentences: Vec<&str> = notes.summary.unicode_sentences().collect();
    let length = notes.end.saturating_sub(notes.start).as_millis().max(1);
    let at = middle.saturating_sub(notes.start).as_millis() * sentences.len() as u128 / length;
    sentences.get(usize::try_from(at).ok()?).map(|it| (*it).trim().to_owned())
}

fn close_gaps(chapters: &mut [ChapterSummary], whole: Range<Duration>) {
    for at in 1..chapters.len() {
        chapters[at - 1].end = chapters[at].start;
    }
    if let Some(first) = chapters.first_mut() {
        first.start = first.start.min(whole.start);
    }
    if let Some(last) = chapters.last_mut() {
        last.end = last.end.max(whole.end);
    }
}
