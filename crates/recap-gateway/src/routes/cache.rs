//! `/v1/cache/{resource_type}/{id}`.

use actix_web::{HttpResponse, web};
use recap_core::ports::Resource;
use tracing::info;

use crate::context::Context;
use crate::error::{ApiError, ApiResult, FieldError};
use crate::extract::{NoParams, Params};

/// Longest id, in characters: that of a transcript that was sent has 64.
const MAX_ID: usize = 64;

/// Forget what the cache keeps.
///
/// In the memory of every process and in what they share. Nothing depends on it:
/// it is made anew when it is asked for.
#[utoipa::path(
    delete,
    path = "/v1/cache/{resource_type}/{id}",
    operation_id = "invalidate_cache",
    tag = "admin",
    params(
        ("resource_type" = String, Path, description = "`metadata`, `transcript`, `refusal`, \
            `summary` or `job`. With a transcript goes what is remembered of why there was none."),
        ("id" = String, Path, description = "The video; or the job, of `job`."),
    ),
    responses((status = 204, description = "Nothing is kept of it, whether anything was or not.")),
)]
pub(crate) async fn invalidate(
    cx: web::Data<Context>,
    path: web::Path<(String, String)>,
    _: Params<NoParams>,
) -> ApiResult<HttpResponse> {
    let (resource, id) = path.into_inner();
    let resource: Resource = resource.parse().map_err(|_| {
        wrong("resource_type", "must be one of metadata, transcript, refusal, summary, job")
    })?;
    let known = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'-');
    if !(1..=MAX_ID).contains(&id.len()) || !id.bytes().all(known) {
        return Err(wrong("id", "must be 1 to 64 of 0-9, A-Z, a-z, _ and -"));
    }
    cx.state.cache.invalidate(resource, &id).await;
    if resource == Resource::Transcript {
        cx.state.cache.invalidate(Resource::Refusal, &id).await;
    }
    info!(cache.resource = %resource, "cache invalidated");
    Ok(HttpResponse::NoContent().finish())
}

fn wrong(part: &str, detail: &str) -> ApiError {
    ApiError::invalid(vec![FieldError::new(format!("{{{part}}}"), detail)])
}
