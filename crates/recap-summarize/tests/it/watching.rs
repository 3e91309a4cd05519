//! Segments of which there is no text: Gemini watches the public video, or listens
//! to a recording that it is handed.

use std::time::Duration;

use bytes::Bytes;
use recap_core::job::ChildUsage;
use recap_core::ports::{
    Answer, Deltas, Footage, Recording, Summarizer, SummarizerError, WatchRequest, Watched, Watches,
};
use recap_core::segment::Segment;
use recap_core::summary::{Style, Usage};
use recap_core::video::VideoMetadata;
use recap_simulator::gemini::{Fault, Gemini};

use crate::support::{MODELS, config, gemini, summarizer};

/// The video of the simulator that is watched; it lasts 25 minutes.
const VIDEO: &str = "ok_demo25m1";

fn video(minutes: Option<u64>) -> VideoMetadata {
    let id = VIDEO.parse().unwrap();
    let title = recap_simulator::scenario::find(VIDEO).unwrap().title().to_owned();
    let duration = minutes.map(Duration::from_mins);
    VideoMetadata { title, duration, ..VideoMetadata::unknown(id) }
}

fn segment(index: u32, minutes: [u64; 2]) -> Segment {
    let [start, end] = minutes.map(Duration::from_mins);
    Segment { index, start, end, chapter: None, cues: 0..0 }
}

fn recording() -> Recording {
    let bytes = Bytes::from_static(b"OggS and what follows");
    Recording { media_type: "audio/ogg", bytes, child: ChildUsage::default() }
}

async fn watch(
    summarizer: &dyn Summarizer,
    video: &VideoMetadata,
    segment: &Segment,
    footage: Footage<'_>,
) -> Result<Answer<Watched>, SummarizerError> {
    let (style, advanced, language, deltas) =
        (Style::Detailed, false, Some("en"), Deltas::default());
    let request = WatchRequest { video, segment, footage, style, advanced, language, deltas };
    summarizer.watch(&request).await
}

async fn watch_video(
    summarizer: &dyn Summarizer,
    video: &VideoMetadata,
    segment: &Segment,
) -> Result<Answer<Watched>, SummarizerError> {
    watch(summarizer, video, segment, Footage::Video(VIDEO.parse().unwrap())).await
}

/// Waits until all that was uploaded is deleted.
async fn until_deleted(gemini: &Gemini) {
    let gone = async {
        while gemini.files().iter().any(|it| !it.deleted) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), gone).await.expect("it is deleted");
}

#[tokio::test]
async fn a_part_of_a_video_is_watched() {
    let (gemini, summarizer) = gemini().await;
    assert_eq!(summarizer.watches(), Watches { video: true, sound: true });
    let segment = segment(1, [10, 20]);
    let answer = watch_video(&*summarizer, &video(Some(25)), &segment).await.unwrap();
    let Watched { notes, language, ends_at } = answer.value;
    assert_eq!((notes.index, notes.start, notes.end), (1, segment.start, segment.end));
    assert!(!notes.summary.is_empty() && notes.points.len() > 1);
    assert!(notes.points.iter().all(|it| (segment.start..segment.end).contains(&it.start)));
    assert_eq!((language.as_deref(), ends_at), (Some("en"), None));
    // A hundred tokens a second.
    assert!(answer.usage.input_tokens > 60_000 && answer.usage.calls == 1, "{:?}", answer.usage);

    let calls = gemini.calls();
    let asked = &calls[0].segments[0];
    assert_eq!(
        (asked.video.as_deref(), asked.start, asked.end),
        (Some(VIDEO), Some(600), Some(1200))
    );
    assert_eq!(calls.len(), 1);
}

#[tokio::test]
async fn the_end_of_a_video_of_unknown_length_is_found() {
    let (_gemini, summarizer) = gemini().await;
    let table = [(0, [0, 10], None), (2, [20, 30], Some(Duration::from_mins(25)))];
    for (index, minutes, expected) in table {
        let segment = segment(index, minutes);
        let watched = watch_video(&*summarizer, &video(None), &segment).await.unwrap().value;
        assert_eq!(watched.ends_at, expected, "{minutes:?}");
    }
    let beyond = watch_video(&*summarizer, &video(None), &segment(3, [30, 40])).await;
    assert!(matches!(beyond, Err(SummarizerError::Unreadable)), "{beyond:?}");
}

#[tokio::test]
async fn a_video_that_is_refused_is_refused_by_all_models() {
    let (gemini, summarizer) = gemini().await;
    for model in MODELS {
        gemini.set_model_fault(model, Fault::ClipRefused);
    }
    let refused = watch_video(&*summarizer, &video(Some(25)), &segment(0, [0, 10])).await;
    assert!(matches!(refused, Err(SummarizerError::Unreadable)), "{refused:?}");
    assert_eq!(gemini.calls().len(), 1, "no other model is asked");
}

#[tokio::test]
async fn a_recording_is_handed_over_and_taken_back() {
    let (gemini, summarizer) = gemini().await;
    let (video, segment, heard) = (video(Some(25)), segment(1, [10, 20]), recording());
    let answer = watch(&*summarizer, &video, &segment, Footage::Sound(&heard)).await.unwrap();
    assert!(answer.value.notes.points.iter().all(|it| it.start >= segment.start));
    until_deleted(&gemini).await;
    let files = gemini.files();
    assert_eq!((files.len(), files[0].bytes), (1, heard.bytes.len()));
    assert!(files[0].looks > 0, "it is waited for");
}

#[tokio::test]
async fn a_recording_is_taken_back_whatever_comes_of_it() {
    let (gemini, summarizer) = gemini().await;
    let (video, segment, heard) = (video(Some(25)), segment(0, [0, 10]), recording());
    let footage = Footage::Sound(&heard);
    gemini.set_fault(Fault::Safety, 1);
    let refused = watch(&*summarizer, &video, &segment, footage).await;
    assert!(matches!(refused, Err(SummarizerError::Blocked)), "{refused:?}");
    until_deleted(&gemini).await;

    // Whoever asked goes away in the middle.
    gemini.set_fault(Fault::Stall, 1);
    let mut watching = Box::pin(watch(&*summarizer, &video, &segment, footage));
    while gemini.files().len() < 2 || gemini.calls().len() < 2 {
        let _ = tokio::time::timeout(Duration::from_millis(20), &mut watching).await;
    }
    drop(watching);
    until_deleted(&gemini).await;
}

#[tokio::test]
async fn what_a_refusal_cost_is_counted() {
    let (gemini, summarizer) = gemini().await;
    gemini.set_fault(Fault::Malformed, 2);
    let wasted = std::sync::Mutex::new(Usage::default());
    let count = |usage| *wasted.lock().unwrap() += usage;
    let (video, segment) = (video(Some(25)), segment(0, [0, 10]));
    let request = WatchRequest {
        video: &video,
        segment: &segment,
        footage: Footage::Video(VIDEO.parse().unwrap()),
        style: Style::Detailed,
        advanced: false,
        language: None,
        deltas: Deltas::default().counting(&count),
    };
    let refused = summarizer.watch(&request).await;
    assert!(matches!(refused, Err(SummarizerError::InvalidAnswer)), "{refused:?}");
    let wasted = *wasted.lock().unwrap();
    assert_eq!(wasted.calls, 2);
    assert!(wasted.input_tokens > 120_000 && wasted.output_tokens > 0, "{wasted:?}");
}

#[tokio::test]
async fn what_is_no_recording_cannot_be_read() {
    let (gemini, summarizer) = gemini().await;
    let heard = Recording { bytes: Bytes::from_static(b"<html>"), ..recording() };
    let refused =
        watch(&*summarizer, &video(Some(25)), &segment(0, [0, 10]), Footage::Sound(&heard)).await;
    assert!(matches!(refused, Err(SummarizerError::Unreadable)), "{refused:?}");
    until_deleted(&gemini).await;
}

#[tokio::test]
async fn both_can_be_switched_off() {
    let gemini = Gemini::start(0).await.unwrap();
    let mut config = config(gemini.base_url());
    (config.gemini.watch_videos, config.gemini.listen) = (false, false);
    assert_eq!(summarizer(&config).watches(), Watches::default());
}
