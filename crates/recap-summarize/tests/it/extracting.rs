//! Extractive summaries of every talk.

use recap_config::Config;
use recap_core::ports::SummarizerError;
use recap_core::summary::{NotesStatus, Style};
use recap_simulator::prose;

use crate::combining::check;
use crate::support::{Talk, summarizer};

#[tokio::test]
async fn every_talk_has_a_summary_that_keeps_the_promises_of_the_port() {
    let summarizer = summarizer(&Config::default());
    for talk in prose::all() {
        for talk in [Talk::new(talk.name), Talk::heard(talk.name)] {
            let notes = talk.notes(summarizer.as_ref()).await;
            for (note, segment) in notes.iter().zip(&talk.segments) {
                assert!(note.points.len() >= 3, "{}: {:?}", talk.video.title, note.points);
                assert!(
                    note.points.iter().all(|it| (segment.start..segment.end).contains(&it.start))
                );
            }
            let summary = talk.combine(summarizer.as_ref(), &notes).await.unwrap().value;
            check(&talk, &summary);
            assert_eq!((summary.model.as_str(), &summary.language), ("extractive", &talk.language));
        }
    }
}

#[tokio::test]
async fn points_are_sentences_that_stand_alone_and_spread_over_the_talk() {
    let summarizer = summarizer(&Config::default());
    let talk = Talk::new("demo").with_chapters("demo");
    let notes = talk.notes(summarizer.as_ref()).await;
    let summary = talk.combine(summarizer.as_ref(), &notes).await.unwrap().value;

    assert_eq!(summary.key_points.len(), 12);
    for point in &summary.key_points {
        assert!(
            point.text.starts_with(char::is_uppercase) && point.text.ends_with('.'),
            "{point:?}"
        );
        let first = point.text.split(' ').next().unwrap();
        assert!(!["But", "And", "So", "This", "They", "It"].contains(&first), "{point:?}");
    }
    for third in 0..3 {
        let here = |seconds: u64| seconds / 500 == third;
        let count = summary.key_points.iter().filter(|it| here(it.start.as_secs())).count();
        assert!(count >= 2, "{count} points in third {third}");
    }
    assert_eq!(summary.chapters.len(), talk.video.chapters.len());
}

#[tokio::test]
async fn the_same_transcript_has_the_same_summary() {
    let summarizer = summarizer(&Config::default());
    let talk = Talk::new("de_bienen");
    let first = talk.notes(summarizer.as_ref()).await;
    assert_eq!(first, talk.notes(summarizer.as_ref()).await);
}

#[tokio::test]
async fn it_says_that_it_cannot_translate() {
    let summarizer = summarizer(&Config::default());
    let mut talk = Talk::new("tea_short");
    let mut notes = talk.notes(summarizer.as_ref()).await;
    talk.language = "en-US".to_owned();
    let same = talk.combine(summarizer.as_ref(), &notes).await.unwrap();
    assert_eq!((same.value.language.as_str(), same.warnings.len()), ("en-US", 0));

    talk.language = "de".to_owned();
    let other = talk.combine(summarizer.as_ref(), &notes).await.unwrap();
    assert_eq!((other.value.language.as_str(), other.warnings.len()), ("en", 1));
    assert!(other.warnings[0].contains("cannot translate"));

    // What a model wrote is in the right language already.
    notes[0].model = "gemini-3.6-flash".to_owned();
    let written = talk.combine(summarizer.as_ref(), &notes).await.unwrap();
    assert_eq!((written.value.language.as_str(), written.warnings.len()), ("de", 0));
}

#[tokio::test]
async fn the_style_bounds_the_points() {
    let summarizer = summarizer(&Config::default());
    for (style, most) in
        [(Style::Brief, 5), (Style::Detailed, 12), (Style::Bullets, 15), (Style::Chapters, 8)]
    {
        let talk = Talk { style, ..Talk::new("demo") };
        let notes = talk.notes(summarizer.as_ref()).await;
        let summary = talk.combine(summarizer.as_ref(), &notes).await.unwrap().value;
        assert!(
            (5..=most).contains(&summary.key_points.len()),
            "{style}: {}",
            summary.key_points.len()
        );
    }
}

#[tokio::test]
async fn notes_that_say_nothing_make_no_summary() {
    let summarizer = summarizer(&Config::default());
    let talk = Talk::new("tea_short");
    let mut notes = talk.notes(summarizer.as_ref()).await;
    notes[0].status = NotesStatus::Blocked;
    let result = talk.combine(summarizer.as_ref(), &notes).await;
    assert!(matches!(result, Err(SummarizerError::Blocked)));
}
