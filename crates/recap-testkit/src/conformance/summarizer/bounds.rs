//! What holds of every answer.

use std::time::Duration;

use recap_core::segment::Segment;
use recap_core::summary::{KeyPoint, NotesStatus, SegmentNotes, Style, Summary, Usage};

use super::talk::Talk;

/// In characters, an ellipsis included.
const LONGEST_TITLE: usize = 121;
const LONGEST_SUMMARY: usize = 1501;
const LONGEST_POINT: usize = 401;
const MOST_NOTES: usize = 12;

#[track_caller]
pub(super) fn check_notes(notes: &SegmentNotes, segment: &Segment) {
    let place = (notes.index, notes.start, notes.end);
    assert_eq!(place, (segment.index, segment.start, segment.end));
    assert_eq!(notes.status, NotesStatus::Done);
    assert!(!notes.model.is_empty());
    check_text(&notes.title, LONGEST_TITLE);
    check_text(&notes.summary, LONGEST_SUMMARY);
    check_points(&notes.points, segment.start, segment.end, MOST_NOTES);
}

#[track_caller]
pub(super) fn check_summary(summary: &Summary, talk: &Talk) {
    let end = talk.video.duration.unwrap();
    check_text(&summary.title, LONGEST_TITLE);
    check_text(&summary.tldr, LONGEST_SUMMARY);
    let most = match talk.style {
        Style::Brief => 5,
        Style::Detailed => 12,
        Style::Bullets => 15,
        Style::Chapters => 8,
    };
    check_points(&summary.key_points, Duration::ZERO, end, most);
    assert!(!summary.key_points.is_empty());
    assert_eq!(summary.chapters.first().unwrap().start, Duration::ZERO);
    assert_eq!(summary.chapters.last().unwrap().end, end);
    assert!(summary.chapters.windows(2).all(|it| it[0].end == it[1].start), "a gap");
    for chapter in &summary.chapters {
        assert!(chapter.start < chapter.end);
        check_text(&chapter.title, LONGEST_TITLE);
        check_text(&chapter.summary, LONGEST_SUMMARY);
    }
    assert!(!summary.model.is_empty());
    assert_eq!(summary.style, talk.style);
    assert!((0.0..=1.0).contains(&summary.coverage));
}

#[track_caller]
fn check_points(points: &[KeyPoint], start: Duration, end: Duration, most: usize) {
    assert!(points.len() <= most, "{} points", points.len());
    assert!(points.is_sorted_by_key(|it| it.start), "{points:?}");
    for point in points {
        assert!((start..end).contains(&point.start), "{point:?}");
        check_text(&point.text, LONGEST_POINT);
    }
}

/// Plain text of one line, for people.
#[track_caller]
fn check_text(text: &str, longest: usize) {
    assert!(!text.trim().is_empty(), "an empty text");
    assert!(text.chars().count() <= longest, "{text}");
    assert!(!text.contains("://"), "a link: {text}");
    let odd = |it: char| {
        it.is_control() || matches!(it, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert!(!text.contains(odd), "{text:?}");
}

/// Calls cost tokens, and nothing else does.
#[track_caller]
pub(super) fn check_usage(usage: Usage) {
    let is_free = usage.calls == 0;
    assert_eq!(
        (usage.input_tokens == 0, usage.output_tokens == 0),
        (is_free, is_free),
        "{usage:?}"
    );
}
