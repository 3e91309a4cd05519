//! The summary job: what there is to read, segments, notes, summary.

mod notes;
mod telling;
pub(super) mod watch;
mod whole;

use self::whole::Told;
use super::error::JobError;
use super::run::Run;
use super::steps::Reading;
use super::{reuse, steps};
use crate::segment;
use crate::summary::Summary;
use crate::transcript::{Transcript, TranscriptSource};
use crate::video::VideoMetadata;

/// Safe to run twice: the transcript and the notes of finished segments are
/// kept, so a second run begins where the first one stopped.
pub(super) async fn run(run: &mut Run<'_>) -> Result<(), JobError> {
    if reuse::take_over(run).await? {
        return Ok(());
    }
    match steps::reading(run).await? {
        (video, Reading::Text(transcript)) => from_text(run, &video, &transcript).await,
        (video, Reading::Watched(source)) => from_footage(run, video, source).await,
    }
}

async fn from_text(
    run: &mut Run<'_>,
    video: &VideoMetadata,
    transcript: &Transcript,
) -> Result<(), JobError> {
    let duration = video.duration.unwrap_or_default();
    let segments =
        segment::plan(&transcript.cues, duration, &video.chapters, run.cx.policy.segment);
    let segments = match run.job.input.range {
        Some(range) => segment::within(segments, range.start, range.end),
        None => segments,
    };
    let (notes, summary) = notes::all(run, video, transcript, &segments).await?;
    let coverage = whole::share_read(transcript, &segments, &notes);
    let summary = if let Some(summary) = summary {
        Summary { coverage, ..summary }
    } else {
        let told = Told { video, notes: &notes, spoken: &transcript.language, coverage };
        whole::combine(run, told).await?
    };
    run.job.result = Some(summary);
    reuse::keep(run, Some(transcript)).await;
    Ok(())
}

async fn from_footage(
    run: &mut Run<'_>,
    mut video: VideoMetadata,
    source: TranscriptSource,
) -> Result<(), JobError> {
    let notes = watch::all(run, &video, source).await?;
    let coverage = whole::share_watched(&notes);
    let spoken = run.job.transcript.as_ref().map(|it| it.language.clone()).unwrap_or_default();
    let told = Told { video: &video, notes: &notes, spoken: &spoken, coverage };
    let summary = whole::combine(run, told).await?;
    if let Some(info) = &mut run.job.transcript {
        info.coverage = coverage;
    }
    // Not before: until here its segments are those of a video without a known end.
    if video.duration.is_none() && run.job.input.range.is_none() {
        video.duration = notes.last().map(|it| it.end);
    }
    if video.title.is_empty() {
        video.title.clone_from(&summary.title);
    }
    run.job.video = Some(video);
    run.job.result = Some(summary);
    reuse::keep(run, None).await;
    Ok(())
}
