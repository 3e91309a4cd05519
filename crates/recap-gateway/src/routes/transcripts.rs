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
    params(
        ("idempotency-key" = Option<String>, Header, description = "1 to 255 visible ASCII \
            characters. The same request with the same key within 24 hours makes no second job \
            and gets the same answer, with `Idempotency-Replayed: true`."),
        ("prefer" = Option<String>, Header, description = "`wait=n`: wait up to n seconds, 1 to \
            60, for the job to end."),
        ("cancel-after" = Option<String>, Header, description = "`90s`, `10m`, `2h`: the job \
            expires then if it has not ended."),
    ),
    responses(
        (
            status = 202,
            description = "The job is kept and will be worked on.",
            body = JobBody,
            headers(
                ("location" = String, description = "Path of the job."),
                ("retry-after" = u64, description = "Seconds until the job is worth asking for."),
                ("preference-applied" = String, description = "`wait=n`, if it was preferred."),
                ("idempotency-replayed" = String, description = "`true` if it was answered \
                                                                 before."),
            ),
        ),
        (
            status = 200,
            description = "The job has ended: it was waited for, or is answered once more.",
            body = JobBody,
            headers(
                ("location" = String, description = "Path of the job."),
                ("preference-applied" = String, description = "As with 202."),
                ("idempotency-replayed" = String, description = "As with 202."),
            ),
        ),
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
