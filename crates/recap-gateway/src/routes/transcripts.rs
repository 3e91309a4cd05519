//! `/v1/transcripts`.

use actix_web::{HttpResponse, web};
use recap_core::JobKind;
use recap_core::job::JobInput;
use recap_core::summary::Style;

use super::submit;
use crate::body::{CreateTranscript, JobBody};
use crate::context::Context;
use crate::error::ApiResult;
use crate::extract::{Body, Caller, NoParams, Params};

/// Ask for a transcript only.
///
/// Answers at once with a job. Poll the job, or ask for it with `wait`.
#[utoipa::path(
    post,
    path = "/v1/transcripts",
    operation_id = "create_transcript",
    tag = "jobs",
    request_body = CreateTranscript,
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
    body: Body<CreateTranscript>,
) -> ApiResult<HttpResponse> {
    let CreateTranscript { url, priority, region, cache } = body.0;
    let video_id = submit::video_of(&url)?;
    let region = submit::region_of(&cx, region)?;
    let style = Style::default();
    let input = JobInput { video_id, language: None, style, priority, region, cache };
    submit::submit(&cx, owner, JobKind::Transcript, input).await
}
