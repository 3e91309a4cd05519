//! Steps that several jobs take.

use tracing::info;

use super::captions;
use super::error::JobError;
use super::run::Run;
use crate::error::{ErrorCode, Failure};
use crate::job::{ChildUsage, Stage, TranscriptInfo};
use crate::transcript::Transcript;
use crate::video::VideoMetadata;

/// The transcript and what is known of the video: as kept by an earlier
/// attempt, else fetched and kept.
pub(super) async fn transcript(run: &mut Run<'_>) -> Result<(VideoMetadata, Transcript), JobError> {
    if let Some(video) = run.job.video.clone()
        && let Some(transcript) = run.cx.store.find_transcript(run.job.id).await?
    {
        return Ok((video, transcript));
    }
    run.enter(Stage::Fetching).await?;
    let began = run.cx.now();
    let captions = captions::fetched(run).await?;
    run.took(Stage::Fetching, began);
    check_length(run, &captions.video)?;
    info!(
        video.id = %captions.video.id,
        transcript.source = %captions.transcript.source,
        transcript.cues = captions.transcript.cues.len(),
        "transcript fetched"
    );
    if !run.cx.store.put_transcript(run.lease, &captions.transcript).await? {
        return Err(JobError::Lost);
    }
    run.job.transcript = Some(describe(&captions.video, &captions.transcript));
    run.job.video = Some(captions.video.clone());
    add(run.job.child.get_or_insert_default(), captions.child);
    run.save().await?;
    Ok((captions.video, captions.transcript))
}

fn check_length(run: &Run<'_>, video: &VideoMetadata) -> Result<(), JobError> {
    let limit = run.cx.policy.max_video;
    if video.duration.is_some_and(|it| it > limit) {
        let detail = format!("the limit is {} hours", limit.as_secs() / 3600);
        return Err(JobError::Fail(Failure::new(ErrorCode::VideoTooLong, detail)));
    }
    Ok(())
}

fn describe(video: &VideoMetadata, transcript: &Transcript) -> TranscriptInfo {
    let end = transcript.end().as_secs_f64();
    let coverage = match video.duration {
        Some(duration) if !duration.is_zero() => (end / duration.as_secs_f64()).min(1.0),
        _ => 1.0,
    };
    TranscriptInfo { source: transcript.source, language: transcript.language.clone(), coverage }
}

/// Attempts add up; the peak is the highest of them.
fn add(total: &mut ChildUsage, used: ChildUsage) {
    total.cpu_ms += used.cpu_ms;
    total.wall_ms += used.wall_ms;
    total.peak_memory_bytes = total.peak_memory_bytes.max(used.peak_memory_bytes);
}
