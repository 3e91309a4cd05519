//! `/v1/summaries`.

use actix_web::{HttpResponse, web};
use recap_core::JobKind;
use recap_core::job::JobInput;

use super::submit;
use crate::body::{CreateSummary, JobBody};
use crate::context::Context;
use crate::error::ApiResult;
use crate::extract::{Body, Caller, NoParams, Params};

/// Ask for a summary.
///
/// Answers at once with a job. Poll the job, or ask for it with `wait`.
#[utoipa::path(
    post,
    path = "/v1/summaries",
    operation_id = "create_summary",
    tag = "jobs",
    request_body = CreateSummary,
    responses((
        status = 202,
        description = "The job is kept and will be worked on.",
        body = JobBody,
        headers(
            ("location" = String, description = "Path of the job."),
            ("retry-after" = u64, description = "Seconds until the job is worth asking for."),
        ),
    )),
)]
pub(crate) async fn create(
    cx: web::Data<Context>,
    Caller(owner): Caller,
    _: Params<NoParams>,
    body: Body<CreateSummary>,
) -> ApiResult<HttpResponse> {
    let CreateSummary { url, language, style, priority, region, cache } = body.0;
    let video_id = submit::video_of(&url)?;
    let region = submit::region_of(&cx, region)?;
    let input = JobInput { video_id, language: language.0, style, priority, region, cache };
    submit::submit(&cx, owner, JobKind::Summary, input).await
}
