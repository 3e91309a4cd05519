//! Several segments in one call, and the summary of the whole with the last.

use recap_core::ports::{Answer, Deltas, Pack, PackRequest, Part, Summarizer, SummarizerError};
use recap_core::summary::{NotesStatus, SegmentNotes, Style};
use recap_core::transcript::Cue;
use recap_simulator::gemini::Fault;

use crate::support::{Talk, gemini};

/// Asks about the segments from `first` on; with `others`, for the whole as well.
async fn pack(
    talk: &Talk,
    summarizer: &dyn Summarizer,
    first: usize,
    others: Option<&[SegmentNotes]>,
) -> Result<Answer<Pack>, SummarizerError> {
    let chunks: Vec<Vec<&[Cue]>> = talk.segments[first..]
        .iter()
        .map(|it| talk.cues[it.cues.clone()].chunks(60).collect())
        .collect();
    let parts = talk.segments[first..].iter().zip(&chunks);
    let parts: Vec<Part<'_>> = parts.map(|(segment, chunks)| Part { segment, chunks }).collect();
    let request = PackRequest {
        video: &talk.video,
        parts: &parts,
        segments_total: talk.segments.len(),
        others,
        style: Style::Detailed,
        advanced: false,
        language: "en",
        transcript_language: "en",
        deltas: Deltas::default(),
    };
    summarizer.pack(&request).await
}

/// 25 minutes in three segments.
fn talk() -> Talk {
    Talk::new("demo")
}

#[track_caller]
fn sound(talk: &Talk, notes: &[SegmentNotes]) {
    for (notes, segment) in notes.iter().zip(&talk.segments) {
        assert_eq!(
            (notes.index, notes.start, notes.end),
            (segment.index, segment.start, segment.end)
        );
        assert!(!notes.summary.is_empty() && !notes.points.is_empty(), "{notes:?}");
        assert!(notes.points.iter().all(|it| (segment.start..segment.end).contains(&it.start)));
    }
}

#[tokio::test]
async fn an_ordinary_video_takes_one_call() {
    let (gemini, summarizer) = gemini().await;
    let talk = talk();
    assert!(summarizer.takes().segments >= talk.segments.len());
    let answer = pack(&talk, &*summarizer, 0, Some(&[])).await.unwrap();
    let Pack { notes, summary } = answer.value;
    sound(&talk, &notes);
    let summary = summary.unwrap();
    assert!(!summary.tldr.is_empty() && summary.key_points.len() >= 3, "{summary:?}");
    assert_eq!(summary.chapters.len(), talk.segments.len());
    // What is chosen is a point of the notes.
    let points: Vec<_> = notes.iter().flat_map(|it| &it.points).collect();
    assert!(summary.key_points.iter().all(|it| points.contains(&it)));
    assert_eq!((gemini.calls().len(), answer.usage.calls), (1, 1));
}

#[tokio::test]
async fn the_whole_is_of_the_other_segments_as_well() {
    let (_gemini, summarizer) = gemini().await;
    let talk = talk();
    let first = talk.note(&*summarizer, 0).await.unwrap().value;
    let answer = pack(&talk, &*summarizer, 1, Some(std::slice::from_ref(&first))).await.unwrap();
    let summary = answer.value.summary.unwrap();
    assert_eq!(summary.chapters.len(), 3);
    assert_eq!(summary.chapters[0].summary, first.summary);
    assert!(summary.key_points.iter().any(|it| it.start < talk.segments[0].end));
    assert!(summary.key_points.iter().any(|it| it.start >= talk.segments[2].start));
}

#[tokio::test]
async fn what_does_not_fit_into_one_answer_is_asked_in_halves() {
    for fault in [Fault::MaxTokens, Fault::Malformed] {
        let (gemini, summarizer) = gemini().await;
        gemini.set_fault(fault, 2);
        let talk = talk();
        let answer = pack(&talk, &*summarizer, 0, Some(&[])).await.unwrap();
        sound(&talk, &answer.value.notes);
        assert!(answer.value.summary.is_some(), "{fault:?}");
        let asked: Vec<Vec<u64>> = gemini.calls().iter().map(segments).collect();
        assert_eq!(asked, [vec![0, 1, 2], vec![0, 1, 2], vec![0], vec![1, 2]], "{fault:?}");
        // Who was cut asks for less the next time.
        let most = summarizer.takes().segments;
        assert_eq!(most == 1, fault == Fault::MaxTokens, "{most}");
    }
}

/// Which segments a call was about.
fn segments(call: &recap_simulator::gemini::CallRecord) -> Vec<u64> {
    let mut found: Vec<u64> = call.segments.iter().filter_map(|it| it.segment).collect();
    found.dedup();
    found
}

#[tokio::test]
async fn a_segment_that_is_refused_costs_no_other() {
    let (gemini, summarizer) = gemini().await;
    // All of them, then the first alone, together with others and by itself.
    gemini.set_fault(Fault::Safety, 3);
    let talk = talk();
    let answer = pack(&talk, &*summarizer, 0, Some(&[])).await.unwrap();
    let status: Vec<NotesStatus> = answer.value.notes.iter().map(|it| it.status).collect();
    assert_eq!(status, [NotesStatus::Blocked, NotesStatus::Done, NotesStatus::Done]);
    assert!(answer.value.summary.unwrap().chapters.iter().all(|it| !it.summary.is_empty()));
}

#[tokio::test]
async fn what_cannot_be_helped_ends_it() {
    let (gemini, summarizer) = gemini().await;
    gemini.set_fault(Fault::KeyInvalid, 1);
    let refused = pack(&talk(), &*summarizer, 0, None).await;
    assert!(matches!(refused, Err(SummarizerError::Unauthorized { .. })), "{refused:?}");
    assert_eq!(gemini.calls().len(), 1);
}
