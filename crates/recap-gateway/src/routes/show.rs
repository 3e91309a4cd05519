//! A job as an answer.

use std::time::Duration;

use actix_web::http::header::{AGE, HeaderName, HeaderValue};
use actix_web::{HttpResponse, HttpResponseBuilder};
use jiff::Timestamp;
use recap_core::Job;
use recap_core::transcript::text;

use crate::body::{JobBody, JobItem, ResultBody, seconds_between};
use crate::context::Context;
use crate::copies::Found;

/// When an open job is worth asking for again, in seconds; who cannot bear it
/// uses `wait`.
const POLL: u64 = 5;

/// Longest `Retry-After`, in seconds: a job may be canceled meanwhile.
const MAX_POLL: u64 = 3600;

/// Where an answer comes from (RFC 9211).
const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");
const STORE_AWAY: HeaderValue = HeaderValue::from_static("recap; hit; detail=store_away");

/// Finishes `answer` with the job, its result, and the transcript in it if that
/// is switched on. A store that is away takes only the transcript out of it.
pub(super) async fn job(
    cx: &Context,
    mut answer: HttpResponseBuilder,
    mut found: Found,
) -> HttpResponse {
    let mut transcript = None;
    if found.job.result.is_some() && cx.rules.full_transcript {
        match cx.ask(cx.state.store.find_transcript(found.job.id)).await {
            Ok(known) => transcript = known.map(|it| text::render(&it.cues)),
            Err(_) => found.away = true,
        }
    }
    let known_at = found.known_at();
    let mut job = found.job;
    let video = job.input.video_id;
    let result = job.result.take().map(|it| ResultBody::new(it, video, transcript));
    marked(cx, answer.json(JobBody::new(item(cx, job), result)), known_at)
}

/// Says of an answer that it is as the job was at `known_at`, the store being
/// away.
pub(super) fn marked(
    cx: &Context,
    mut answer: HttpResponse,
    known_at: Option<Timestamp>,
) -> HttpResponse {
    if let Some(known_at) = known_at {
        let age = seconds_between(known_at, cx.now());
        answer.headers_mut().insert(AGE, age.into());
        answer.headers_mut().insert(CACHE_STATUS, STORE_AWAY);
    }
    answer
}

/// The job without its result.
pub(super) fn item(cx: &Context, job: Job) -> JobItem {
    JobItem::new(job, cx.now(), cx.rules.video_preview)
}

/// Seconds until an open job is worth asking for again.
pub(super) fn retry_after(job: &Job, now: Timestamp) -> u64 {
    let wait = job.retry_at.map(|it| Duration::try_from(it.duration_since(now)));
    wait.and_then(Result::ok).map_or(POLL, |it| it.as_secs().clamp(POLL, MAX_POLL))
}
