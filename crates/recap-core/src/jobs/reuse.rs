//! Work that was done before, or is being done by another job right now, is
//! not done again.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tracing::{debug, info, warn};

use super::context::JobContext;
use super::error::JobError;
use super::run::Run;
use super::time::since;
use crate::job::{
    CacheHit, CacheLevel, CacheMode, Job, JobId, JobInput, JobKind, Stage, Status, TranscriptInfo,
};
use crate::key::digest;
use crate::ports::{CacheKey, Cached, Resource};
use crate::summary::Summary;
use crate::transcript::Transcript;
use crate::video::VideoMetadata;

/// Changes with the format of [`Kept`].
const FORMAT: u32 = 2;

/// A finished job, as the cache keeps it.
#[derive(Serialize, Deserialize)]
struct Kept {
    video: VideoMetadata,
    /// `None` if the video was watched.
    transcript: Option<Transcript>,
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
    let (cx, lease, work) = (run.cx, run.lease, work(run));
    match cx.insist(|| cx.store.lead(lease, &work, cx.now())).await? {
        Some(leader) => Err(JobError::Follow(leader)),
        None => Ok(false),
    }
}

/// Keeps what a job has made for the next one that asks for the same.
pub(super) async fn keep(run: &Run<'_>, transcript: Option<&Transcript>) {
    let job = &run.job;
    let sound = job.input.cache != CacheMode::Bypass && job.degraded.is_none();
    let (Some(video), Some(info), Some(summary)) = (&job.video, &job.transcript, &job.result)
    else {
        return;
    };
    if sound {
        let kept = Kept {
            video: video.clone(),
            transcript: transcript.cloned(),
            info: info.clone(),
            summary: summary.clone(),
            warnings: job.warnings.clone(),
        };
        let value = serde_json::to_vec(&kept).expect("it is plain data");
        run.cx.cache.put(&key_of(run), value.into()).await;
        announce(run.cx).await;
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
    let cx = run.cx;
    let transcript = cx.insist(|| cx.store.find_transcript(leader)).await?;
    let watched = led.transcript.as_ref().is_some_and(|it| it.source.is_watched());
    if transcript.is_none() && !watched {
        return Ok(false);
    }
    let age = since(led.completed_at.unwrap_or(led.created_at), run.cx.now());
    info!(job.leader = %leader, "taking over the result of a job that did the same");
    let job = &mut run.job;
    (job.video, job.transcript) = (led.video, led.transcript);
    (job.result, job.warnings, job.degraded) = (led.result, led.warnings, led.degraded);
    job.cache = Some(CacheHit { level: CacheLevel::Job, age_seconds: age.as_secs() });
    put_transcript(run, transcript.as_ref()).await
}

async fn from_cache(run: &mut Run<'_>) -> Result<bool, JobError> {
    if run.job.kind != JobKind::Summary {
        return Ok(false);
    }
    let Some(cached) = run.cx.cache.get(&key_of(run)).await else { return Ok(false) };
    let Some(kept) = read(&cached) else { return Ok(false) };
    let transcript = adopt(&mut run.job, kept, &cached);
    put_transcript(run, transcript.as_ref()).await
}

async fn put_transcript(run: &Run<'_>, transcript: Option<&Transcript>) -> Result<bool, JobError> {
    let Some(transcript) = transcript else { return Ok(true) };
    let put = || run.cx.store.put_transcript(run.lease, transcript);
    let held = run.cx.insist(put).await?;
    if held { Ok(true) } else { Err(JobError::Lost) }
}

fn key_of(run: &Run<'_>) -> CacheKey {
    summary_key(&run.job.input, &recipe(run.cx))
}

/// The same for two jobs that would make the same.
fn work(run: &Run<'_>) -> String {
    let input = &run.job.input;
    let of = match run.job.kind {
        JobKind::Summary => version(input, &recipe(run.cx)),
        JobKind::Transcript | JobKind::Batch => range(input),
    };
    format!("{}:{}:{of}", run.job.kind, input.subject())
}

/// Under which the cache keeps what a summary job of `input` makes, by the
/// recipe of the workers.
pub fn summary_key(input: &JobInput, recipe: &str) -> CacheKey {
    let version = version(input, recipe);
    CacheKey { resource: Resource::Summary, id: input.subject(), version }
}

/// Under which workers say by which recipe they make summaries, so that a
/// gateway can find what they keep.
pub fn recipe_key() -> CacheKey {
    let (id, version) = ("recipe".to_owned(), "1".to_owned());
    CacheKey { resource: Resource::Summary, id, version }
}

/// Says by which recipe this process makes summaries: at its start, and with
/// each summary that it keeps.
pub async fn announce(cx: &JobContext) {
    cx.cache.put(&recipe_key(), recipe(cx).into()).await;
}

/// All that a summary depends on beside what was asked for.
fn recipe(cx: &JobContext) -> String {
    let (policy, summarizer) = (&cx.policy, &cx.summarizer);
    format!(
        "{}/{}/{}/{}",
        policy.segment.as_secs(),
        policy.chunk_tokens,
        summarizer.name(),
        summarizer.version(),
    )
}

/// All that a summary depends on beside the video. A title that the client gave
/// its own transcript is known to the summariser, and nobody else's business.
fn version(input: &JobInput, recipe: &str) -> String {
    let language = input.language.as_deref().unwrap_or("auto");
    let range = range(input);
    let title = input.transcript.as_ref().and_then(|it| it.title.as_deref());
    let title = title.map_or_else(String::new, |it| format!("{}/", digest(it)));
    format!("{FORMAT}/{range}{title}{language}/{}/{recipe}", input.style)
}

/// Empty if it is all of the video.
fn range(input: &JobInput) -> String {
    input.range.map_or_else(String::new, |it| {
        let end = it.end.map_or(u128::MAX, |it| it.as_millis());
        format!("{}-{end}/", it.start.as_millis())
    })
}

/// `job`, which nobody has begun, ended at `now` with what the cache keeps of
/// the same work, and the transcript that belongs to it. `None` if that cannot be
/// read.
pub fn finished_from(
    mut job: Job,
    cached: &Cached,
    now: Timestamp,
    forget_at: Timestamp,
) -> Option<(Job, Option<Transcript>)> {
    let transcript = adopt(&mut job, read(cached)?, cached);
    job.status = Status::Succeeded;
    job.progress.stage = Stage::Done;
    job.completed_at = Some(now);
    job.expires_at = forget_at;
    Some((job, transcript))
}

fn read(cached: &Cached) -> Option<Kept> {
    match serde_json::from_slice(&cached.value) {
        Ok(kept) => Some(kept),
        Err(error) => {
            warn!(%error, "what the cache keeps cannot be read; making it anew");
            None
        }
    }
}

/// Gives `job` what the cache keeps, and returns the transcript, if there is one.
fn adopt(job: &mut Job, kept: Kept, cached: &Cached) -> Option<Transcript> {
    debug!(cache.level = %cached.level, "summary found in the cache");
    (job.video, job.transcript) = (Some(kept.video), Some(kept.info));
    (job.result, job.warnings) = (Some(kept.summary), kept.warnings);
    job.cache = Some(CacheHit { level: cached.level, age_seconds: cached.age.as_secs() });
    kept.transcript
}
