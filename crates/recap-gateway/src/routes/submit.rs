//! What every kind of submit does.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header::{LOCATION, RETRY_AFTER};
use recap_core::job::{JobInput, Owner, Region};
use recap_core::ports::Entry;
use recap_core::video::VideoUrl;
use recap_core::{ErrorCode, Job, JobKind, VideoId};
use recap_telemetry::metrics;
use tokio::time::timeout;
use tracing::{debug, info, warn};

use super::show;
use crate::context::Context;
use crate::copies::Found;
use crate::error::{ApiError, ApiResult, FieldError};

/// How long the queue may take before the client is answered without it.
const QUEUE_TIMEOUT: Duration = Duration::from_secs(2);

/// The video that `url` points at.
pub(super) fn video_of(url: &str) -> ApiResult<VideoId> {
    VideoUrl::parse(url).map(|it| it.id()).map_err(|error| {
        let detail = error.to_string();
        let errors = vec![FieldError::new("/url", detail.clone())];
        ApiError { errors, ..ApiError::new(ErrorCode::InvalidUrl, detail) }
    })
}

/// The region that `name` is, if it is one of those that there are.
pub(super) fn region_of(cx: &Context, name: Option<String>) -> ApiResult<Option<Region>> {
    let Some(name) = name else { return Ok(None) };
    let known = cx.regions.contains(&name);
    let region = Region::try_from(name).ok().filter(|_| known);
    region.map(Some).ok_or_else(|| {
        let detail = match cx.regions.as_slice() {
            [] => "must be left out: there are no regions here".to_owned(),
            regions => format!("must be one of {}", regions.join(", ")),
        };
        ApiError::invalid(vec![FieldError::new("/region", detail)])
    })
}

/// Keeps the job, then queues it. The document comes first: once it is kept,
/// a queue that does not answer only makes the job start later.
///
/// A client that is told that the store does not answer has lost nothing, but
/// its job may exist: a write that took too long may still have happened. Then
/// the job simply runs, and nobody asks for it.
pub(super) async fn submit(
    cx: &Context,
    owner: Owner,
    kind: JobKind,
    input: JobInput,
) -> ApiResult<HttpResponse> {
    let now = cx.now();
    if !cx.capacity.take(cx, now).await? {
        return Err(cx.capacity.refusal());
    }
    let job = Job::new(owner, kind, input, now, now + cx.rules.max_age);
    let has_place = cx.lanes.take(cx, &job, now).await?;
    cx.tell(cx.state.store.insert(&job, !has_place)).await?;
    let (id, video) = (job.id, job.input.video_id);
    info!(job.id = %id, job.kind = %kind, video.id = %video, job.parked = !has_place, "job accepted");
    metrics::job_submitted(&kind.to_string());
    if has_place {
        queue(cx, &job).await;
    }
    cx.copies.keep(&job, now).await;

    let mut answer = HttpResponse::Accepted();
    answer.insert_header((LOCATION, format!("/v1/jobs/{id}")));
    answer.insert_header((RETRY_AFTER, show::retry_after(&job, now)));
    Ok(show::job(cx, answer, Found::now(job, now)).await)
}

/// Says so to the queue, unless it has just shown that it does not listen.
async fn queue(cx: &Context, job: &Job) {
    if !cx.queue.worth_asking(QUEUE_TIMEOUT) {
        debug!(job.id = %job.id, "job left to the reconciler; the queue is away");
        return;
    }
    let entry = Entry::new(job, 0);
    let push = cx.state.queue.push(std::slice::from_ref(&entry), Duration::ZERO);
    let problem = match timeout(QUEUE_TIMEOUT, push).await {
        Ok(Ok(())) => return cx.queue.answered(),
        Ok(Err(error)) => error.0.to_string(),
        Err(elapsed) => elapsed.to_string(),
    };
    cx.queue.failed();
    warn!(job.id = %job.id, error = problem, "job not queued; the reconciler will do it");
}
