//! `/v1/jobs/{id}/cancel`.

use actix_web::{HttpResponse, web};
use recap_core::ports::Cancel;
use recap_core::{ErrorCode, Job};
use recap_telemetry::metrics;
use tracing::warn;

use super::show;
use crate::body::{JobBody, time_between};
use crate::context::Context;
use crate::error::{ApiError, ApiResult};
use crate::extract::{Caller, JobPath, NoParams, Params};

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
    Caller(who): Caller,
    JobPath(id): JobPath,
    _: Params<NoParams>,
) -> ApiResult<HttpResponse> {
    cx.find(&who, id).await?;
    let (desk, now) = (&cx.state.desk, cx.now());
    let outcome = cx.tell(desk.cancel(id, now)).await?;
    match outcome {
        Cancel::Canceled | Cancel::Requested => {}
        Cancel::Missing => return Err(ApiError::no_such_job()),
        Cancel::Finished => {
            let detail = "The job has ended; there is nothing left to cancel.";
            return Err(ApiError::new(ErrorCode::JobFinished, detail));
        }
    }
    if outcome == Cancel::Canceled
        && let Err(error) = cx.at_desk(desk.follow_up(id, now)).await
    {
        // Of a batch with many jobs, this is the first part of it.
        warn!(job.id = %id, error = %error.0, "the reconciler goes on with it");
    }
    // Not a copy: none can know of this.
    let found = cx.read(id).await?;
    if outcome == Cancel::Canceled {
        count(&found.job);
    }
    show::job(&cx, HttpResponse::Ok(), found).await
}

/// No worker will ever see the end of this job.
fn count(job: &Job) {
    let (kind, status) = (job.kind.to_string(), job.status.to_string());
    let took = job.completed_at.map(|it| time_between(job.created_at, it)).unwrap_or_default();
    metrics::job_ended(&kind, &status, &ErrorCode::Canceled.to_string(), took);
}
