//! `/v1/admin/replay`.

use std::time::Duration;

use actix_web::{HttpResponse, web};
use recap_core::key::digest;
use recap_core::ports::{JobFilter, ReplyClaim, ReplyState, StoredReply};
use recap_core::{ErrorCode, Job, JobId, Status};
use recap_telemetry::metrics;
use tracing::info;

use crate::body::{Replay, Replayed};
use crate::context::Context;
use crate::cursor;
use crate::error::{ApiError, ApiResult, FieldError};
use crate::extract::{Body, NoParams, Params};
use crate::routes::{retry, submit};

/// How long one job may take to be made again.
const LOCK: Duration = Duration::from_mins(1);

/// Do failed jobs again that failed for the same reason.
///
/// Newest first, and each job once, however often it is asked for: one that was
/// replayed before is left out. The new jobs belong to the owners of the old
/// ones, and wait behind what those have asked for before.
#[utoipa::path(
    post,
    path = "/v1/admin/replay",
    operation_id = "replay_jobs",
    tag = "admin",
    request_body = Replay,
    responses((status = 200, description = "They will be worked on.", body = Replayed)),
)]
pub(crate) async fn replay(
    cx: web::Data<Context>,
    _: Params<NoParams>,
    body: Body<Replay>,
) -> ApiResult<HttpResponse> {
    let filter = failed(body.0)?;
    let page = cx.ask(cx.store().list(&filter)).await?;
    let next_cursor = page.jobs.last().filter(|_| page.has_more).map(|it| cursor::encode(&it.id));
    let replayed = replay_all(&cx, &page.jobs).await?;
    info!(jobs = replayed, "failed jobs are done again");
    Ok(HttpResponse::Ok().json(Replayed { replayed, next_cursor }))
}

fn failed(body: Replay) -> ApiResult<JobFilter> {
    let Replay { code, created_after, limit, cursor } = body;
    let wrong = |field: &str, detail: &str| ApiError::invalid(vec![FieldError::new(field, detail)]);
    if !(1..=100).contains(&limit) {
        return Err(wrong("/limit", "must be a number from 1 to 100"));
    }
    let before: Option<JobId> = match cursor {
        None => None,
        Some(text) => {
            let id = cursor::decode(&text);
            Some(id.ok_or_else(|| wrong("/cursor", "must be a `next_cursor` of an answer"))?)
        }
    };
    let (code, status) = (Some(code), Some(Status::Failed));
    Ok(JobFilter { code, status, created_after, before, limit, ..JobFilter::default() })
}

async fn replay_all(cx: &Context, jobs: &[Job]) -> ApiResult<usize> {
    let mut replayed = 0;
    for job in jobs {
        replayed += usize::from(replay_one(cx, job).await?);
    }
    Ok(replayed)
}

/// Makes the one replay of `ended`, unless there was one. Remembered like the
/// answer to a request that may be sent again, for as long as the job is.
async fn replay_one(cx: &Context, ended: &Job) -> ApiResult<bool> {
    let now = cx.now();
    let claim = ReplyClaim {
        key: digest(&format!("replay\n{}", ended.id)),
        fingerprint: String::new(),
        job: JobId::generate(),
        now,
        locked_until: now + LOCK,
        expires_at: ended.expires_at.max(now + LOCK),
    };
    let claimed = cx.tell(cx.state.replies.claim_reply(&claim)).await?;
    let ReplyState::Ours { job } = claimed else { return Ok(false) };
    make(cx, ended, job).await?;
    let location = Some(format!("/v1/jobs/{job}"));
    let done = StoredReply { status: 202, location, body: String::new() };
    cx.tell(cx.state.replies.put_reply(&claim.key, job, &done)).await?;
    Ok(true)
}

/// Parked, so that many of them do not fill the queue.
async fn make(cx: &Context, ended: &Job, id: JobId) -> ApiResult<()> {
    let transcript = match retry::own_transcript(cx, ended).await {
        // Deleted since the list was read.
        Err(error) if error.code == ErrorCode::JobNotFound => return Ok(()),
        transcript => transcript?,
    };
    let (mut job, transcript) = submit::again(cx, None, ended, transcript, None).into_parts();
    job.id = id;
    match &transcript {
        Some(own) => cx.tell(cx.store().insert_with_transcript(&job, own, true)).await?,
        None => cx.tell(cx.store().insert(&job, true)).await?,
    }
    metrics::job_submitted(&job.kind.to_string());
    Ok(())
}
