//! `/v1/jobs/{id}/cancel`.

use actix_web::{HttpResponse, web};
use recap_core::ports::{Cancel, JobEvent};
use recap_core::{ErrorCode, Failure, Job, Status};
use recap_telemetry::metrics;
use tracing::info;

use super::show;
use crate::body::{JobBody, time_between};
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
    let outcome = cx.tell(cx.state.store.cancel(id, &failure, now, forget_at)).await?;
    let event = match outcome {
        Cancel::Canceled => JobEvent::Changed { job: id, status: Status::Canceled },
        Cancel::Requested => JobEvent::CancelRequested { job: id },
        Cancel::Missing => return Err(ApiError::no_such_job()),
        Cancel::Finished => {
            let detail = "The job has ended; there is nothing left to cancel.";
            return Err(ApiError::new(ErrorCode::JobFinished, detail));
        }
    };
    if outcome == Cancel::Canceled {
        info!(job.id = %id, job.status = %Status::Canceled, "job ended");
    }
    cx.state.events.publish(event).await;
    // Not a copy: none can know of this.
    let found = cx.read(id).await?;
    if outcome == Cancel::Canceled {
        count(&found.job);
    }
    Ok(show::job(&cx, HttpResponse::Ok(), found).await)
}

/// No worker will ever see the end of this job.
fn count(job: &Job) {
    let (kind, status) = (job.kind.to_string(), job.status.to_string());
    let took = job.completed_at.map(|it| time_between(job.created_at, it)).unwrap_or_default();
    metrics::job_ended(&kind, &status, &ErrorCode::Canceled.to_string(), took);
}
