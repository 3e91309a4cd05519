//! `/v1/jobs/{id}/retry`.

use actix_web::{HttpResponse, web};
use recap_core::transcript::Transcript;
use recap_core::{ErrorCode, Job, JobId, Status};

use super::submit::{self, Order};
use crate::access::Who;
use crate::body::JobBody;
use crate::context::Context;
use crate::error::{ApiError, ApiResult};
use crate::extract::{Caller, JobPath, NoParams, Params, Wishes};
use crate::idempotency::{self, Begun};

/// Do a job again that ended without success.
///
/// Makes a new job of the same input, which begins where the old one stopped: a
/// transcript that was fetched and segments that were summarised are not done
/// again. Of a batch, every item is done again; `urls.batch` leads to it. `Cancel-After` of
/// the old job does not count. The request needs no body.
#[utoipa::path(
    post,
    path = "/v1/jobs/{id}/retry",
    operation_id = "retry_job",
    tag = "jobs",
    params(("id" = String, Path, description = "The job.")),
    responses(
        (status = 202, description = "The new job is kept and will be worked on.", body = JobBody),
        (status = 200, description = "The new job has ended: it was done meanwhile, or waited for.", body = JobBody),
    ),
)]
pub(crate) async fn retry(
    cx: web::Data<Context>,
    Caller(who): Caller,
    JobPath(id): JobPath,
    _: Params<NoParams>,
    wishes: Wishes,
) -> ApiResult<HttpResponse> {
    let claim = match idempotency::begin(&cx, &who, &wishes).await? {
        Begun::Ours(claim) => claim,
        Begun::Done(answer) => return Ok(answer),
    };
    // Not before: the job may be gone by the time that a request is repeated.
    let order = order(&cx, &who, id, &wishes).await;
    submit::fulfil(&cx, &who, &wishes, &claim, order).await
}

/// The job with this id once more, if it may be done again.
async fn order(cx: &Context, who: &Who, id: JobId, wishes: &Wishes) -> ApiResult<Order> {
    let found = cx.find(who, id).await?;
    may_retry(&found.job)?;
    let transcript = own_transcript(cx, &found.job).await?;
    Ok(submit::again(cx, who.key, &found.job, transcript, wishes.cancel_after))
}

fn may_retry(job: &Job) -> ApiResult<()> {
    let (code, detail) = match job.status {
        Status::Queued | Status::Running => {
            (ErrorCode::JobOpen, "The job has not ended; it is retried by itself where that helps.")
        }
        Status::Succeeded => (ErrorCode::JobFinished, "The job has succeeded; ask for a new one."),
        Status::Failed | Status::Canceled | Status::Expired => return Ok(()),
    };
    Err(ApiError::new(code, detail))
}

/// The transcript that the client sent with the job.
pub(super) async fn own_transcript(cx: &Context, job: &Job) -> ApiResult<Option<Transcript>> {
    if job.input.transcript.is_none() {
        return Ok(None);
    }
    let transcript = cx.ask(cx.store().find_transcript(job.id)).await?;
    // Forgotten between the two questions, and the job with it.
    transcript.map(Some).ok_or_else(ApiError::no_such_job)
}
