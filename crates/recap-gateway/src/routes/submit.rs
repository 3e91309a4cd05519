//! What every kind of submit does.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header::{LOCATION, RETRY_AFTER};
use recap_core::job::JobInput;
use recap_core::jobs::JobPayload;
use recap_core::video::VideoUrl;
use recap_core::{ErrorCode, Job, JobKind, VideoId};
use tracing::{info, warn};

use super::show;
use crate::context::Context;
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

/// Keeps the job, then queues it. The document comes first: once it is kept,
/// a queue that does not answer only makes the job start later.
pub(super) async fn submit(
    cx: &Context,
    kind: JobKind,
    input: JobInput,
) -> ApiResult<HttpResponse> {
    let now = cx.now();
    let store = cx.state.store.as_ref();
    cx.capacity.take(store, now).await?;

    let job = Job::new(kind, input, now, now + cx.rules.max_age);
    store.insert(&job).await?;
    info!(job.id = %job.id, job.kind = %kind, video.id = %job.input.video_id, "job accepted");
    queue(cx, &job).await;

    let location = (LOCATION, format!("/v1/jobs/{}", job.id));
    let retry_after = (RETRY_AFTER, show::retry_after(&job, now));
    let body = show::body(cx, job).await?;
    Ok(HttpResponse::Accepted().insert_header(location).insert_header(retry_after).json(body))
}

async fn queue(cx: &Context, job: &Job) {
    let payload = JobPayload::new(job.kind, job.id);
    let push = cx.state.queue.push(payload, job.input.priority, Duration::ZERO);
    let problem = match tokio::time::timeout(QUEUE_TIMEOUT, push).await {
        Ok(Ok(())) => return,
        Ok(Err(error)) => error.0.to_string(),
        Err(elapsed) => elapsed.to_string(),
    };
    warn!(job.id = %job.id, error = problem, "job not queued; the reconciler will do it");
}
