//! `/v1/jobs/{id}/events`.

use std::time::Duration;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use actix_web::http::{ConnectionType, Method, Version};
use actix_web::{HttpRequest, HttpResponse, web};
use recap_core::ErrorCode;
use recap_core::load::Luxury;

use crate::context::Context;
use crate::error::{ApiError, ApiResult};
use crate::extract::{Caller, JobPath, NoParams, Params};
use crate::stream::{Feed, Place};

const EVENT_STREAM: &str = "text/event-stream";
const LAST_EVENT_ID: &str = "last-event-id";

/// Tells nginx and those like it to pass events on as they come.
const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// When a further stream is worth asking for: one ends with its job.
const RETRY: Duration = Duration::from_secs(10);

/// Follow a job as it is worked on.
///
/// Server-sent events, each with one line of JSON:
///
/// - `progress`: the job has changed (`ProgressEvent`);
/// - `segment`: a part of the video has been summarised (`SegmentEvent`), in
///   order of `index`;
/// - `text`: more of a summary as it is written (`TextEvent`); has no `id`, is
///   not said again to a client that comes back, and is left out for one that
///   reads slowly;
/// - `end`: the whole job as `GET /v1/jobs/{id}` gives it, after which the
///   stream ends;
/// - `gone`: the job was deleted; the stream ends.
///
/// An ended job is told from its first segment to its end. A client that comes
/// back sends the last `id` it saw as `Last-Event-ID` (browsers do so by
/// themselves) and is told what it missed; once it has had the `end`, the answer
/// is 204, which tells it not to come again. A stream is open for an hour at
/// most; it also ends without an `end` when the server stops or keys change.
#[utoipa::path(
    get,
    path = "/v1/jobs/{id}/events",
    operation_id = "stream_job",
    tag = "jobs",
    params(
        ("id" = String, Path, description = "The job."),
        (
            "last-event-id" = Option<String>,
            Header,
            description = "`<revision>.<next segment>` of the last event that was received; what \
                           is not of this form counts as nothing received.",
            example = "14.3",
        ),
    ),
    responses(
        (
            status = 200,
            description = "Events until the job ends.",
            content((String = "text/event-stream", example = json!(EXAMPLE))),
            headers(("cache-control" = String, description = "`no-store`.")),
        ),
        (status = 204, description = "The client has been told of the end."),
    ),
)]
pub(crate) async fn events(
    cx: web::Data<Context>,
    request: HttpRequest,
    Caller(who): Caller,
    JobPath(id): JobPath,
    _: Params<NoParams>,
) -> ApiResult<HttpResponse> {
    let found = cx.glance(&who, id).await?;
    let place = last_place(&request);
    let told = place.is_some_and(|it| it.revision == found.job.revision);
    if told && found.job.status.is_terminal() {
        return Ok(HttpResponse::NoContent().finish());
    }
    if cx.state.load.is_off(Luxury::EventStreams) {
        return Err(short());
    }
    let seat = cx.streams.take(&who.client).ok_or_else(too_many)?;
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((CONTENT_TYPE, EVENT_STREAM))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((X_ACCEL_BUFFERING, "no"));
    // The server would read an endless body to its end to throw it away.
    if request.method() == Method::HEAD {
        return Ok(answer.finish());
    }
    let feed = Feed::new(cx, who, id, place, seat);
    let mut answer = answer.streaming(feed.into_stream());
    // The server would send chunks to those who do not know of them.
    if request.version() < Version::HTTP_11 {
        answer.head_mut().no_chunking(true);
        answer.head_mut().set_connection_type(ConnectionType::Close);
    }
    Ok(answer)
}

fn last_place(request: &HttpRequest) -> Option<Place> {
    request.headers().get(LAST_EVENT_ID)?.to_str().ok()?.trim().parse().ok()
}

fn too_many() -> ApiError {
    let detail = "As many event streams are open as may be; poll the job meanwhile.";
    ApiError::new(ErrorCode::TooManyStreams, detail).retry_after(RETRY)
}

fn short() -> ApiError {
    let detail = "Memory is short, so no more event streams are opened; poll the job meanwhile.";
    ApiError::new(ErrorCode::TooManyStreams, detail).retry_after(RETRY)
}

const EXAMPLE: &str = "retry: 3000\n\nid: 4.0\nevent: progress\ndata: {\"status\":\"running\",\
                       \"progress\":{\"stage\":\"summarizing\",\"segments_done\":0,\
                       \"segments_total\":2,\"percent\":10,\"eta_seconds\":null},\"revision\":4}\n\n";
