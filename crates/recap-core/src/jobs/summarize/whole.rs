//! One summary of all notes.

use super::notes::{advanced, degrade, fallback, take};
use super::telling::Telling;
use crate::error::ErrorCode;
use crate::job::Stage;
use crate::jobs::error::JobError;
use crate::jobs::run::Run;
use crate::ports::{CombineRequest, Deltas};
use crate::segment::Segment;
use crate::summary::{NotesStatus, SegmentNotes, Summary};
use crate::transcript::Transcript;
use crate::video::VideoMetadata;

/// Combines the notes of all segments.
pub(super) async fn combine(
    run: &mut Run<'_>,
    video: &VideoMetadata,
    transcript: &Transcript,
    segments: &[Segment],
    notes: &[SegmentNotes],
) -> Result<Summary, JobError> {
    let began = run.cx.now();
    run.pass_to(Stage::Combining);
    if notes.iter().all(|it| it.status == NotesStatus::Blocked) {
        return Err(JobError::fail(ErrorCode::SummarizerBlocked));
    }
    let advanced = advanced(run);
    let language = run.job.input.language.clone().unwrap_or_else(|| transcript.language.clone());
    let telling = Telling::new(run, None);
    let written = |text: &str| telling.add(text);
    let request = CombineRequest {
        video,
        notes,
        style: run.job.input.style,
        advanced,
        language: &language,
        transcript_language: &transcript.language,
        deltas: Deltas::to(&written),
        coverage: coverage(transcript, segments, notes),
    };
    let cx = run.cx;
    let answer = match run.during(telling.during(cx.summarizer.combine(&request))).await? {
        Ok(answer) => answer,
        Err(error) => match fallback(run, &error) {
            Some(fallback) => {
                degrade(run);
                run.during(telling.during(fallback.combine(&request))).await??
            }
            None => return Err(error.into()),
        },
    };
    let summary = take(run, answer);
    run.took(Stage::Combining, began);
    Ok(summary)
}

/// Share of the transcript's text that the notes were made of.
fn coverage(transcript: &Transcript, segments: &[Segment], notes: &[SegmentNotes]) -> f64 {
    let length = |segment: &Segment| -> usize {
        transcript.cues[segment.cues.clone()].iter().map(|it| it.text.len()).sum()
    };
    let read = |segment: &&Segment| {
        notes.iter().any(|it| it.index == segment.index && it.status == NotesStatus::Done)
    };
    let all: usize = segments.iter().map(length).sum();
    let covered: usize = segments.iter().filter(read).map(length).sum();
    if all == 0 {
        return 0.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "a share to a few digits")]
    let share = covered as f64 / all as f64;
    share
}
