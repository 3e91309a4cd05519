//! `/v1/summaries`.

use actix_web::{HttpResponse, web};

use super::submit;
use crate::body::{CreateSummary, JobBody};
use crate::context::Context;
use crate::error::ApiResult;
use crate::extract::{Caller, NoParams, Params, Submitted};

/// Ask for a summary.
///
/// Answers at once with a job, which is polled, or asked for with `wait`; with
/// `Prefer: wait=n` the answer comes when the job has ended, if it does in that
/// time. What was made before is answered at once as a job that has ended.
#[utoipa::path(
    post,
    path = "/v1/summaries",
    operation_id = "create_summary",
    tag = "jobs",
    request_body = CreateSummary,
    responses(
        (status = 202, description = "The job is kept and will be worked on.", body = JobBody),
        (status = 200, description = "The job has ended: it was done before, or waited for.", body = JobBody),
    ),
)]
pub(crate) async fn create(
    cx: web::Data<Context>,
    Caller(who): Caller,
    _: Params<NoParams>,
    submitted: Submitted<CreateSummary>,
) -> ApiResult<HttpResponse> {
    let Submitted { body, wishes } = submitted;
    let order = submit::summary(&cx, &who, body, &wishes)?;
    submit::submit(&cx, &who, &wishes, order).await
}
