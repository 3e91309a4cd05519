//! What is told while a summary is written.

use recap_config::Config;
use recap_core::summary::SegmentNotes;
use recap_simulator::gemini::Fault;

use crate::support::{Talk, gemini, summarizer};

/// The lines of `text`, in no particular order: a model has its own.
fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines
}

fn lines(notes: &SegmentNotes) -> String {
    let points = notes.points.iter().map(|it| it.text.as_str());
    [notes.summary.as_str()].into_iter().chain(points).flat_map(|it| [it, "\n"]).collect()
}

#[tokio::test]
async fn text_is_told_as_the_model_writes_it() {
    let (_gemini, summarizer) = gemini().await;
    let talk = Talk::new("demo");
    let notes = talk.note(summarizer.as_ref(), 1).await.unwrap().value;
    let written = talk.written();
    assert!(written.len() > 1, "in pieces: {written:?}");
    assert_eq!(sorted(&written.concat()), sorted(&lines(&notes)));

    let notes = talk.notes(summarizer.as_ref()).await;
    talk.written();
    let summary = talk.combine(summarizer.as_ref(), &notes).await.unwrap().value;
    assert_eq!(talk.written().concat(), format!("{}\n", summary.tldr));
}

#[tokio::test]
async fn a_call_that_is_repeated_begins_a_new_line() {
    let (gemini, summarizer) = gemini().await;
    gemini.set_fault(Fault::CutStream, 1);
    let talk = Talk::new("tea_short");
    let notes = talk.note(summarizer.as_ref(), 0).await.unwrap().value;
    let written = talk.written().concat();
    let (first, second) = written.split_at(written.len() - lines(&notes).len());
    assert!(!first.is_empty() && first.ends_with('\n'), "{written}");
    assert_eq!(sorted(second), sorted(&lines(&notes)));
}

#[tokio::test]
async fn what_needs_no_call_is_told_at_once() {
    let (_gemini, asking) = gemini().await;
    let extractive = summarizer(&Config::default());
    let talk = Talk::new("tea_short");
    let notes = talk.note(extractive.as_ref(), 0).await.unwrap().value;
    assert_eq!(talk.written(), [lines(&notes)]);
    let notes = [notes];
    for summarizer in [&extractive, &asking] {
        let summary = talk.combine(summarizer.as_ref(), &notes).await.unwrap().value;
        assert_eq!(talk.written(), [format!("{}\n", summary.tldr)]);
    }
}

/// A client's own transcript may have no title.
#[tokio::test]
async fn a_transcript_without_a_title_gets_one() {
    let (_gemini, asking) = gemini().await;
    let mut talk = Talk::new("tea_short");
    (talk.video.id, talk.video.title) = (None, String::new());
    for summarizer in [asking, summarizer(&Config::default())] {
        let notes = talk.notes(summarizer.as_ref()).await;
        assert!(!notes[0].title.is_empty());
        let summary = talk.combine(summarizer.as_ref(), &notes).await.unwrap().value;
        assert!(!summary.title.is_empty() && summary.title.chars().count() <= 120);
    }
}
