//! `/v1/jobs/{id}/cancel`.

use actix_web::{HttpResponse, web};
use recap_core::ports::{Cancel, JobEvent};
use recap_core::{ErrorCode, Failure, Status};

use super::show;
use crate::body::JobBody;
use crate::context::Context;
use crate::error::{ApiError, ApiResult};
use crate::extract::{JobPath, NoParams, Params};

/// Cancel a job.
///
/// A waiting job is canceled at once. A running one is told to stop and stays
/// `running` until its worker has done so, which takes moments. The request
/// needs no body.
#[utoipa::path(
    post,
    path = "/v1/jobs/{id}/cancel",
    operation_id = "cancel_job",
    tag = "jobs",
    params(("id" = String, Path, description = "The job.")),
    responses((status = 200, description = "The job as it is now.", body = JobBody)),
)]
pub(crate) async fn cancel(
    cx: web::Data<Context>,
    JobPath(id): JobPath,
    _: Params<NoParams>,
) -> ApiResult<HttpResponse> {
    let failure = Failure::from(ErrorCode::Canceled);
    let now = cx.now();
    let forget_at = now + cx.rules.retention;
    let event = match cx.state.store.cancel(id, &failure, now, forget_at).await? {
        Cancel::Canceled => JobEvent::Changed { job: id, status: Status::Canceled },
        Cancel::Requested => JobEvent::CancelRequested { job: id },
        Cancel::Missing => return Err(ApiError::no_such_job()),
        Cancel::Finished => {
            let detail = "The job has ended; there is nothing left to cancel.";
            return Err(ApiError::new(ErrorCode::JobFinished, detail));
        }
    };
    cx.state.events.publish(event).await;
    let job = cx.find(id).await?;
    Ok(HttpResponse::Ok().json(show::body(&cx, job).await?))
}
