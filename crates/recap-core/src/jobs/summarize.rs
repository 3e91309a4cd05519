//! The summary job: transcript, segments, notes, summary.

mod notes;
mod telling;
mod whole;

use super::error::JobError;
use super::run::Run;
use super::{reuse, steps};
use crate::segment;

/// Safe to run twice: the transcript and the notes of finished segments are
/// kept, so a second run begins where the first one stopped.
pub(super) async fn run(run: &mut Run<'_>) -> Result<(), JobError> {
    if reuse::take_over(run).await? {
        return Ok(());
    }
    let (video, transcript) = steps::transcript(run).await?;
    let duration = video.duration.unwrap_or_default();
    let segments =
        segment::plan(&transcript.cues, duration, &video.chapters, run.cx.policy.segment);
    let segments = match run.job.input.range {
        Some(range) => segment::within(segments, range.start, range.end),
        None => segments,
    };
    let notes = notes::all(run, &video, &transcript, &segments).await?;
    run.job.result = Some(whole::combine(run, &video, &transcript, &segments, &notes).await?);
    reuse::keep(run, &transcript).await;
    Ok(())
}
