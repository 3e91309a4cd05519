//! `/v1/transcripts`.

use actix_web::{HttpResponse, web};

use super::submit;
use crate::body::{CreateTranscript, JobBody};
use crate::context::Context;
use crate::error::ApiResult;
use crate::extract::{Caller, NoParams, Params, Submitted};

/// Ask for a transcript only.
///
/// Answers at once with a job, which is polled, or asked for with `wait`; with
/// `Prefer: wait=n` the answer comes when the job has ended, if it does in that
/// time.
#[utoipa::path(
    post,
    path = "/v1/transcripts",
    operation_id = "create_transcript",
    tag = "jobs",
    request_body = CreateTranscript,
    responses(
        (status = 202, description = "The job is kept and will be worked on.", body = JobBody),
        (status = 200, description = "The job has ended: it was waited for, or is answered once more.", body = JobBody),
    ),
)]
pub(crate) async fn create(
    cx: web::Data<Context>,
    Caller(who): Caller,
    _: Params<NoParams>,
    submitted: Submitted<CreateTranscript>,
) -> ApiResult<HttpResponse> {
    let Submitted { body, wishes } = submitted;
    let order = submit::transcript(&cx, &who, body, &wishes)?;
    submit::submit(&cx, &who, &wishes, order).await
}
