//! A job as an answer.

use std::time::Duration;

use jiff::Timestamp;
use recap_core::Job;
use recap_core::transcript::text;

use crate::body::{JobBody, JobItem, ResultBody};
use crate::context::Context;
use crate::error::ApiResult;

/// When an open job is worth asking for again, in seconds; who cannot bear it
/// uses `wait`.
const POLL: u64 = 5;

/// Longest `Retry-After`, in seconds: a job may be canceled meanwhile.
const MAX_POLL: u64 = 3600;

/// The job with its result, and the transcript in it if that is switched on.
pub(super) async fn body(cx: &Context, mut job: Job) -> ApiResult<JobBody> {
    let result = match job.result.take() {
        Some(summary) => {
            let transcript = full_transcript(cx, &job).await?;
            Some(ResultBody::new(summary, job.input.video_id, transcript))
        }
        None => None,
    };
    Ok(JobBody::new(item(cx, job), result))
}

/// The job without its result.
pub(super) fn item(cx: &Context, job: Job) -> JobItem {
    JobItem::new(job, cx.now(), cx.rules.video_preview)
}

async fn full_transcript(cx: &Context, job: &Job) -> ApiResult<Option<String>> {
    if !cx.rules.full_transcript {
        return Ok(None);
    }
    let transcript = cx.state.store.find_transcript(job.id).await?;
    Ok(transcript.map(|it| text::render(&it.cues)))
}

/// Seconds until an open job is worth asking for again.
pub(super) fn retry_after(job: &Job, now: Timestamp) -> u64 {
    let wait = job.retry_at.map(|it| Duration::try_from(it.duration_since(now)));
    wait.and_then(Result::ok).map_or(POLL, |it| it.as_secs().clamp(POLL, MAX_POLL))
}
