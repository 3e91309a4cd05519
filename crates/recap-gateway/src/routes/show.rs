//! A job as an answer.

use std::sync::Arc;

use actix_web::http::header::{AGE, ContentType, HeaderName, HeaderValue};
use actix_web::{HttpResponse, HttpResponseBuilder};
use jiff::Timestamp;
use recap_core::transcript::text;
use recap_core::{ErrorCode, Job};
use serde::Serialize;

use crate::body::{JobBody, JobItem, ResultBody, seconds_between};
use crate::context::Context;
use crate::copies::Found;
use crate::error::{ApiError, ApiResult};
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
) -> ApiResult<HttpResponse> {
    let (page, known_at) = if transcript_of(cx, &found) == Feature::Off {
        let preview = cx.flags.video_preview();
        let known_at = found.known_at();
        let Found { job, pages, .. } = found;
        (
            pages.job(preview, || json(&whole(cx, Arc::unwrap_or_clone(job), None, preview)))?,
            known_at,
        )
    } else {
        let (body, known_at) = body(cx, found).await;
        (json(&body)?.into(), known_at)
    };
    Ok(marked(cx, answer.content_type(ContentType::json()).body(page), known_at))
}

/// The job as it is answered, and when it was so, if it may have changed since.
pub(crate) async fn body(cx: &Context, mut found: Found) -> (JobBody, Option<Timestamp>) {
    let mut transcript = None;
    match transcript_of(cx, &found) {
        Feature::Off => {}
        Feature::On => match cx.ask(cx.store().find_transcript(found.job.id)).await {
            Ok(known) => transcript = known.map(|it| text::render(&it.cues)),
            Err(_) => found.away = true,
        },
        Feature::LeftOff => Arc::make_mut(&mut found.job)
            .warn("Memory is short, so the transcript is left out; `urls.transcript` has it."),
    }
    let known_at = found.known_at();
    let preview = cx.flags.video_preview();
    (whole(cx, Arc::unwrap_or_clone(found.job), transcript, preview), known_at)
}

/// What is to be done about the transcript in the job's result.
fn transcript_of(cx: &Context, found: &Found) -> Feature {
    match found.job.result {
        Some(_) => cx.flags.full_transcript(),
        None => Feature::Off,
    }
}

/// The job with its result.
pub(super) fn whole(
    cx: &Context,
    mut job: Job,
    transcript: Option<String>,
    preview: Feature,
) -> JobBody {
    let video = job.input.video_id;
    let result = job.result.take().map(|it| ResultBody::new(it, video, transcript));
    JobBody::new(item(cx, job, preview), result)
}

/// `body` as it is sent.
pub(super) fn json(body: &impl Serialize) -> ApiResult<String> {
    serde_json::to_string(body).map_err(|error| {
        let detail = "The answer could not be written.";
        ApiError { source: Some(error.into()), ..ApiError::new(ErrorCode::Internal, detail) }
    })
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
pub(super) fn item(cx: &Context, mut job: Job, preview: Feature) -> JobItem {
    if preview == Feature::LeftOff && job.video.is_some() {
        job.warn("Memory is short, so the picture of the video is left out.");
    }
    JobItem::new(job, cx.now(), preview == Feature::On)
}

/// Seconds until an open job is worth asking for again.
pub(super) fn retry_after(job: &Job, now: Timestamp) -> u64 {
    pace::seconds(job, now, None)
}
