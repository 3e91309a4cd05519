//! `DELETE /v1/jobs/{id}`.

use actix_web::{HttpResponse, web};
use recap_core::ErrorCode;
use recap_core::ports::{Delete, JobEvent, Resource};
use tracing::info;

use crate::context::Context;
use crate::error::{ApiError, ApiResult};
use crate::extract::{Caller, JobPath, NoParams, Params};

/// Delete a job that has ended.
///
/// Wipes its result, its transcript and every copy of them; of a transcript that
/// was sent, also what the cache keeps of its summary. A request that is repeated
/// under the `Idempotency-Key` which made it is answered with 404. Jobs of a batch are not
/// deleted with it.
#[utoipa::path(
    delete,
    path = "/v1/jobs/{id}",
    operation_id = "delete_job",
    tag = "jobs",
    params(("id" = String, Path, description = "The job.")),
    responses((status = 204, description = "There is nothing left of it.")),
)]
pub(crate) async fn delete(
    cx: web::Data<Context>,
    Caller(who): Caller,
    JobPath(id): JobPath,
    _: Params<NoParams>,
) -> ApiResult<HttpResponse> {
    let found = cx.find(&who, id).await?;
    // Whoever ended it may be about to tell of it, or have died before it did.
    cx.at_desk(cx.state.desk.follow_up(id, cx.now())).await?;
    let outcome = cx.tell(cx.store().delete(id)).await?;
    if outcome == Delete::Open {
        let detail = "The job has not ended; cancel it first.";
        return Err(ApiError::new(ErrorCode::JobOpen, detail));
    }
    // Also if it was gone already: something may have been left.
    cx.tell(cx.state.replies.wipe_reply(id)).await?;
    cx.copies.forget(id).await;
    // Other processes remember it, too, and streams may be open.
    let changed = JobEvent::Changed { job: id, status: found.job.status };
    cx.events().publish(changed).await;
    if let Some(own) = &found.job.input.transcript {
        cx.state.cache.invalidate(Resource::Summary, &own.digest).await;
    }
    if outcome == Delete::Missing {
        return Err(ApiError::no_such_job());
    }
    info!(job.id = %id, "job deleted");
    Ok(HttpResponse::NoContent().finish())
}
