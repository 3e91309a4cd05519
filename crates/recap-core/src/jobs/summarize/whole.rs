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

/// What is known when all segments have been read.
#[derive(Clone, Copy)]
pub(super) struct Told<'a> {
    pub(super) video: &'a VideoMetadata,
    pub(super) notes: &'a [SegmentNotes],
    /// BCP-47 of what is said.
    pub(super) spoken: &'a str,
    /// Share of it that was read, 0 to 1.
    pub(super) coverage: f64,
}

/// Combines the notes of all segments.
pub(super) async fn combine(run: &mut Run<'_>, told: Told<'_>) -> Result<Summary, JobError> {
    let Told { video, notes, spoken, coverage } = told;
    let began = run.cx.now();
    run.pass_to(Stage::Combining);
    if notes.iter().all(|it| it.status == NotesStatus::Blocked) {
        return Err(JobError::fail(ErrorCode::SummarizerBlocked));
    }
    let advanced = advanced(run);
    let language = run.job.input.language.clone().unwrap_or_else(|| spoken.to_owned());
    let telling = Telling::new(run, None);
    let written = |text: &str| telling.add(text);
    let wasted = |usage| telling.waste(usage);
    let request = CombineRequest {
        video,
        notes,
        style: run.job.input.style,
        advanced,
        language: &language,
        transcript_language: spoken,
        deltas: Deltas::to(&written).counting(&wasted),
        coverage,
    };
    let cx = run.cx;
    let answer = run.during(telling.during(cx.summarizer.combine(&request))).await?;
    telling.count(run);
    let answer = match answer {
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
pub(super) fn share_read(
    transcript: &Transcript,
    segments: &[Segment],
    notes: &[SegmentNotes],
) -> f64 {
    let length = |segment: &Segment| -> usize {
        transcript.cues[segment.cues.clone()].iter().map(|it| it.text.len()).sum()
    };
    let read = |segment: &&Segment| {
        notes.iter().any(|it| it.index == segment.index && it.status == NotesStatus::Done)
    };
    let all: usize = segments.iter().map(length).sum();
    let covered: usize = segments.iter().filter(read).map(length).sum();
    #[expect(clippy::cast_precision_loss, reason = "a share to a few digits")]
    let share = |part: usize, all: usize| if all == 0 { 0.0 } else { part as f64 / all as f64 };
    share(covered, all)
}

/// Share of the time that there are notes on.
pub(super) fn share_watched(notes: &[SegmentNotes]) -> f64 {
    let length = |it: &SegmentNotes| it.end.saturating_sub(it.start).as_secs_f64();
    let all: f64 = notes.iter().map(length).sum();
    let covered: f64 = notes.iter().filter(|it| it.status == NotesStatus::Done).map(length).sum();
    if all > 0.0 { covered / all } else { 0.0 }
}
