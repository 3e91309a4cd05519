//! `/v1/jobs/{id}/summary` and `/v1/jobs/{id}/transcript`.

mod format;

use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, web};
use recap_core::summary::render;
use recap_core::transcript::{srt, text, vtt};
use recap_core::{ErrorCode, Job};

use self::format::{SummaryFormat, SummaryQuery, TranscriptFormat, TranscriptQuery};
use super::show::{self, json};
use crate::body::{SummaryBody, TranscriptBody};
use crate::context::Context;
use crate::error::{ApiError, ApiResult};
use crate::extract::{Caller, JobPath, Params};

/// Read the summary that a job made.
#[utoipa::path(
    get,
    path = "/v1/jobs/{id}/summary",
    operation_id = "get_summary",
    tag = "products",
    params(("id" = String, Path, description = "The job."), SummaryQuery),
    responses((
        status = 200,
        description = "The summary in the format asked for.",
        content(
            (SummaryBody = "application/json"),
            (String = "text/markdown"),
            (String = "text/plain"),
        ),
        headers(
            ("content-disposition" = String, description = "`inline` and a file name."),
            ("age" = u64, description = "As for the job; only while the store is away."),
            ("cache-status" = String, description = "As for the job."),
        ),
    )),
)]
pub(crate) async fn summary(
    cx: web::Data<Context>,
    Caller(who): Caller,
    JobPath(id): JobPath,
    query: Params<SummaryQuery>,
) -> ApiResult<HttpResponse> {
    let found = cx.glance(&who, id).await?;
    let job = &found.job;
    let (Some(summary), Some(video)) = (&job.result, &job.video) else {
        return Err(not_ready(&cx, job, "summary"));
    };
    let format = query.0.format;
    let body = || SummaryBody::new(summary.clone(), job.input.video_id);
    let text = match format {
        SummaryFormat::Json => found.pages.summary(|| json(&body()))?,
        SummaryFormat::Md => render::markdown(summary, video).into(),
        SummaryFormat::Txt => render::text(summary, video).into(),
    };
    let file = file(job, "summary", &format.to_string(), format.content_type(), text);
    Ok(show::marked(&cx, file, found.known_at()))
}

/// Read the transcript that a job fetched.
///
/// It is there as soon as it has been fetched, before a summary job ends.
#[utoipa::path(
    get,
    path = "/v1/jobs/{id}/transcript",
    operation_id = "get_transcript",
    tag = "products",
    params(("id" = String, Path, description = "The job."), TranscriptQuery),
    responses((
        status = 200,
        description = "The transcript in the format asked for.",
        content(
            (TranscriptBody = "application/json"),
            (String = "text/plain"),
            (String = "application/x-subrip"),
            (String = "text/vtt"),
        ),
        headers(("content-disposition" = String, description = "`inline` and a file name.")),
    )),
)]
pub(crate) async fn transcript(
    cx: web::Data<Context>,
    Caller(who): Caller,
    JobPath(id): JobPath,
    query: Params<TranscriptQuery>,
) -> ApiResult<HttpResponse> {
    let job = cx.glance(&who, id).await?.job;
    let Some(transcript) = cx.ask(cx.store().find_transcript(id)).await? else {
        return Err(not_ready(&cx, &job, "transcript"));
    };
    let format = query.0.format;
    let text = match format {
        TranscriptFormat::Json => json(&TranscriptBody::new(job.input.video_id, transcript))?,
        TranscriptFormat::Txt => text::render(&transcript.cues),
        TranscriptFormat::Srt => srt::render(&transcript.cues),
        TranscriptFormat::Vtt => vtt::render(&transcript.cues),
    };
    Ok(file(&job, "transcript", &format.to_string(), format.content_type(), text.into()))
}

/// There is no such product: not yet while the job is open, else never.
fn not_ready(cx: &Context, job: &Job, product: &str) -> ApiError {
    let detail = format!("The job is {} and has no {product}.", job.status);
    let answer = ApiError::new(ErrorCode::ResultNotReady, detail);
    if job.status.is_terminal() {
        return ApiError { retryable: false, ..answer };
    }
    let after = show::retry_after(job, cx.now());
    answer.retry_after(std::time::Duration::from_secs(after))
}

/// Shown by a browser, and saved under a name that says what it is.
fn file(
    job: &Job,
    product: &str,
    extension: &str,
    content_type: &'static str,
    text: Bytes,
) -> HttpResponse {
    let name = job.input.video_id.map_or_else(|| job.id.to_string(), |it| it.to_string());
    let disposition = format!("inline; filename=\"{name}.{product}.{extension}\"");
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, content_type))
        .insert_header((CONTENT_DISPOSITION, disposition))
        .body(text)
}
