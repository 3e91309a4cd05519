//! A job as an answer.

use std::sync::Arc;

use actix_web::http::header::{AGE, HeaderName, HeaderValue};
use actix_web::{HttpResponse, HttpResponseBuilder};
use jiff::Timestamp;
use recap_core::Job;
use recap_core::transcript::text;

use crate::body::{JobBody, JobItem, ResultBody, seconds_between};
use crate::context::Context;
use crate::copies::Found;
use crate::flags::Feature;
use crate::pace;

/// Where an answer comes from (RFC 9211).
const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");
const STORE_AWAY: HeaderValue = HeaderValue::from_static("recap; hit; detail=store_away");

/// Finishes `answer` with the job, its result, and the transcript in it if that
/// is switched on. A store that is away takes only the transcript out of it.
pub(super) async fn job(
    cx: &Context,
    mut answer: HttpResponseBuilder,
    found: Found,
) -> HttpResponse {
    let (body, known_at) = body(cx, found).await;
    marked(cx, answer.json(body), known_at)
}

/// The job as it is answered, and when it was so, if it may have changed since.
pub(crate) async fn body(cx: &Context, mut found: Found) -> (JobBody, Option<Timestamp>) {
    let mut transcript = None;
    let with_transcript = match found.job.result {
        Some(_) => cx.flags.full_transcript(),
        None => Feature::Off,
    };
    if with_transcript == Feature::On {
        match cx.ask(cx.store().find_transcript(found.job.id)).await {
            Ok(known) => transcript = known.map(|it| text::render(&it.cues)),
            Err(_) => found.away = true,
        }
    }
    let known_at = found.known_at();
    let mut job = Arc::unwrap_or_clone(found.job);
    if with_transcript == Feature::LeftOff {
        job.warn("Memory is short, so the transcript is left out; `urls.transcript` has it.");
    }
    let video = job.input.video_id;
    let result = job.result.take().map(|it| ResultBody::new(it, video, transcript));
    (JobBody::new(item(cx, job), result), known_at)
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
pub(super) fn item(cx: &Context, mut job: Job) -> JobItem {
    let preview = cx.flags.video_preview();
    if preview == Feature::LeftOff && job.video.is_some() {
        job.warn("Memory is short, so the picture of the video is left out.");
    }
    JobItem::new(job, cx.now(), preview == Feature::On)
}

/// Seconds until an open job is worth asking for again.
pub(super) fn retry_after(job: &Job, now: Timestamp) -> u64 {
    pace::seconds(job, now, None)
}
