//! Work that was done before, or is being done by another job right now, is
//! not done again.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use tracing::{debug, info, warn};

use super::error::JobError;
use super::run::{Run, since};
use crate::job::{CacheHit, CacheLevel, CacheMode, JobId, JobKind, Status, TranscriptInfo};
use crate::ports::{CacheKey, Resource};
use crate::summary::Summary;
use crate::transcript::Transcript;
use crate::video::VideoMetadata;

/// Changes with the format of [`Kept`].
const FORMAT: u32 = 1;

/// A finished job, as the cache keeps it.
#[derive(Serialize, Deserialize)]
struct Kept {
    video: VideoMetadata,
    transcript: Transcript,
    info: TranscriptInfo,
    summary: Summary,
    warnings: Vec<String>,
}

/// Takes a finished result over, if there is one for the same work. If another
/// job is at it, this one is to follow. Otherwise the work is this job's own.
///
/// # Errors
///
/// [`JobError::Follow`], and the failure of a leader that would be ours as well.
pub(super) async fn take_over(run: &mut Run<'_>) -> Result<bool, JobError> {
    if run.job.input.cache != CacheMode::Use {
        return Ok(false);
    }
    if let Some(leader) = run.job.follows
        && from_leader(run, leader).await?
    {
        return Ok(true);
    }
    if from_cache(run).await? {
        return Ok(true);
    }
    let work = work(run);
    match run.cx.store.lead(run.lease, &work, run.cx.now()).await? {
        Some(leader) => Err(JobError::Follow(leader)),
        None => Ok(false),
    }
}

/// Keeps what a job has made for the next one that asks for the same.
pub(super) async fn keep(run: &Run<'_>, transcript: &Transcript) {
    let job = &run.job;
    let sound = job.input.cache != CacheMode::Bypass && job.degraded.is_none();
    let (Some(video), Some(info), Some(summary)) = (&job.video, &job.transcript, &job.result)
    else {
        return;
    };
    if sound {
        let kept = Kept {
            video: video.clone(),
            transcript: transcript.clone(),
            info: info.clone(),
            summary: summary.clone(),
            warnings: job.warnings.clone(),
        };
        let value = serde_json::to_vec(&kept).expect("it is plain data");
        run.cx.cache.put(&summary_key(run), value.into()).await;
    }
}

async fn from_leader(run: &mut Run<'_>, leader: JobId) -> Result<bool, JobError> {
    let Some(led) = run.cx.store.find(leader).await? else { return Ok(false) };
    match (led.status, &led.error) {
        (Status::Succeeded, _) => {}
        (Status::Failed, Some(failure)) if !failure.retryable => {
            return Err(JobError::Fail(failure.clone()));
        }
        _ => return Ok(false),
    }
    let Some(transcript) = run.cx.store.find_transcript(leader).await? else { return Ok(false) };
    let age = since(led.completed_at.unwrap_or(led.created_at), run.cx.now());
    info!(job.leader = %leader, "taking over the result of a job that did the same");
    let job = &mut run.job;
    (job.video, job.transcript) = (led.video, led.transcript);
    (job.result, job.warnings, job.degraded) = (led.result, led.warnings, led.degraded);
    job.cache = Some(CacheHit { level: CacheLevel::Job, age_seconds: age.as_secs() });
    put_transcript(run, &transcript).await
}

async fn from_cache(run: &mut Run<'_>) -> Result<bool, JobError> {
    if run.job.kind != JobKind::Summary {
        return Ok(false);
    }
    let Some(cached) = run.cx.cache.get(&summary_key(run)).await else { return Ok(false) };
    let kept: Kept = match serde_json::from_slice(&cached.value) {
        Ok(kept) => kept,
        Err(error) => {
            warn!(%error, "what the cache keeps cannot be read; making it anew");
            return Ok(false);
        }
    };
    debug!(cache.level = %cached.level, "summary found in the cache");
    let job = &mut run.job;
    (job.video, job.transcript) = (Some(kept.video), Some(kept.info));
    (job.result, job.warnings) = (Some(kept.summary), kept.warnings);
    job.cache = Some(CacheHit { level: cached.level, age_seconds: cached.age.as_secs() });
    put_transcript(run, &kept.transcript).await
}

async fn put_transcript(run: &Run<'_>, transcript: &Transcript) -> Result<bool, JobError> {
    let held = run.cx.store.put_transcript(run.lease, transcript).await?;
    if held { Ok(true) } else { Err(JobError::Lost) }
}

fn summary_key(run: &Run<'_>) -> CacheKey {
    CacheKey {
        resource: Resource::Summary,
        id: run.job.input.video_id.to_string(),
        version: version(run),
    }
}

/// The same for two jobs that would make the same.
fn work(run: &Run<'_>) -> String {
    let mut work = format!("{}:{}", run.job.kind, run.job.input.video_id);
    if run.job.kind == JobKind::Summary {
        let _ = write!(work, ":{}", version(run));
    }
    work
}

/// All that a summary depends on beside the video.
fn version(run: &Run<'_>) -> String {
    let (input, policy) = (&run.job.input, &run.cx.policy);
    let language = input.language.as_deref().unwrap_or("auto");
    let summarizer = &run.cx.summarizer;
    format!(
        "{FORMAT}/{language}/{}/{}/{}/{}/{}",
        input.style,
        policy.segment.as_secs(),
        policy.chunk_tokens,
        summarizer.name(),
        summarizer.version(),
    )
}
