//! Summaries of whole videos by Gemini.

use std::time::Duration;

use recap_core::ports::SummarizerError;
use recap_core::summary::{KeyPoint, NotesStatus, SegmentNotes, Style, Summary};

use crate::stub::Stub;
use crate::support::{MODELS, Talk, config, gemini, summarizer};

/// Whatever the port promises of a summary.
pub(crate) fn check(talk: &Talk, summary: &Summary) {
    let end = talk.video.duration.unwrap();
    assert!(!summary.title.is_empty() && !summary.tldr.is_empty());
    assert!(summary.key_points.is_sorted_by_key(|it| it.start));
    assert!(summary.key_points.iter().all(|it| !it.text.is_empty() && it.start < end));
    assert_eq!(summary.chapters.first().unwrap().start, Duration::ZERO);
    assert_eq!(summary.chapters.last().unwrap().end, end);
    assert!(summary.chapters.windows(2).all(|it| it[0].end == it[1].start));
    assert!(summary.chapters.iter().all(|it| !it.title.is_empty() && !it.summary.is_empty()));
}

#[tokio::test]
async fn several_segments_are_combined_by_one_call() {
    let (gemini, summarizer) = gemini().await;
    let talk = Talk::new("demo");
    let notes = talk.notes(summarizer.as_ref()).await;
    let answer = talk.combine(summarizer.as_ref(), &notes).await.unwrap();

    check(&talk, &answer.value);
    assert_eq!(answer.value.chapters.len(), talk.segments.len());
    assert!(answer.value.key_points.len() >= 5, "{:?}", answer.value.key_points);
    assert_eq!((answer.usage.calls, gemini.calls().len()), (1, talk.segments.len() + 1));
    assert_eq!((answer.value.model.as_str(), answer.value.language.as_str()), (MODELS[0], "en"));
}

#[tokio::test]
async fn a_single_segment_needs_no_second_call() {
    let (gemini, summarizer) = gemini().await;
    let talk = Talk::new("tea_short");
    let notes = talk.notes(summarizer.as_ref()).await;
    let answer = talk.combine(summarizer.as_ref(), &notes).await.unwrap();

    check(&talk, &answer.value);
    assert_eq!((answer.value.tldr.as_str(), answer.usage.calls), (notes[0].summary.as_str(), 0));
    assert_eq!(gemini.calls().len(), 1);
}

#[tokio::test]
async fn chapters_are_the_videos_own() {
    let (_gemini, summarizer) = gemini().await;
    let talk = Talk::new("demo").with_chapters("demo");
    let notes = talk.notes(summarizer.as_ref()).await;
    let summary = talk.combine(summarizer.as_ref(), &notes).await.unwrap().value;

    check(&talk, &summary);
    let titles: Vec<&str> = summary.chapters.iter().map(|it| it.title.as_str()).collect();
    let own: Vec<&str> = talk.video.chapters.iter().map(|it| it.title.as_str()).collect();
    assert_eq!(titles, own);
}

#[tokio::test]
async fn a_refused_segment_leaves_no_gap_and_nothing_at_all_is_refused() {
    let (_gemini, summarizer) = gemini().await;
    let talk = Talk::new("demo");
    let mut notes = talk.notes(summarizer.as_ref()).await;
    for note in &mut notes[..1] {
        refuse(note);
    }
    let summary = talk.combine(summarizer.as_ref(), &notes).await.unwrap().value;
    check(&talk, &summary);
    assert_eq!(summary.chapters.len(), talk.segments.len() - 1);

    notes.iter_mut().for_each(refuse);
    let result = talk.combine(summarizer.as_ref(), &notes).await;
    assert!(matches!(result, Err(SummarizerError::Blocked)));
}

fn refuse(note: &mut SegmentNotes) {
    note.status = NotesStatus::Blocked;
    note.title.clear();
    note.summary.clear();
    note.points.clear();
}

#[tokio::test]
async fn the_model_chooses_points_by_number() {
    let gist = r#"{"title": "Whole", "tldr": "All of it.", "points": [6, 2, 99, 2, 4]}"#;
    let stub = Stub::start(&[gist]).await;
    let mut talk = Talk::new("demo");
    talk.style = Style::Brief;
    let notes: Vec<SegmentNotes> = (0..3).map(|it| note(&talk, it, 2, 20)).collect();
    let config = config(stub.base_url());
    let summary = talk.combine(summarizer(&config).as_ref(), &notes).await.unwrap().value;

    let texts: Vec<&str> = summary.key_points.iter().map(|it| it.text.as_str()).collect();
    assert_eq!(texts, ["Point 0.1 ", "Point 1.1 ", "Point 2.1 "].map(|it| &it[..9]));
    let asked = stub.requests()[0].body["contents"][0]["parts"][0]["text"].to_string();
    assert!(asked.contains("[6] Point 2.1"), "{asked}");
}

#[tokio::test]
async fn notes_too_long_for_one_question_are_condensed_in_groups() {
    let gist = r#"{"title": "Part", "tldr": "Some of it.", "points": [1, 2]}"#;
    let stub = Stub::start(&[gist; 4]).await;
    let talk = Talk::new("demo");
    let notes: Vec<SegmentNotes> = (0..90).map(|it| note(&talk, it % 3, 12, 300)).collect();
    let config = config(stub.base_url());
    let answer = talk.combine(summarizer(&config).as_ref(), &notes).await.unwrap();
    assert!((3..=4).contains(&answer.usage.calls), "{:?}", answer.usage);
    let longest = stub.requests().iter().map(|it| it.body.to_string().len()).max().unwrap();
    assert!(longest < 200_000, "{longest}");
}

fn note(talk: &Talk, index: usize, points: u32, length: usize) -> SegmentNotes {
    let segment = &talk.segments[index];
    let point = |it: u32| KeyPoint {
        start: segment.start + Duration::from_secs(u64::from(it)),
        text: format!("Point {index}.{it}{}", " x".repeat((length - 20) / 2)),
    };
    SegmentNotes {
        index: segment.index,
        start: segment.start,
        end: segment.end,
        title: format!("Title {index}"),
        summary: "Summary.".to_owned(),
        points: (0..points).map(point).collect(),
        status: NotesStatus::Done,
        model: "m".to_owned(),
    }
}
