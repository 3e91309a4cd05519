//! A JSON body: bounded, then checked for its form, then for its content.

mod parse;

use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap};
use actix_web::web::{self, BytesMut};
use actix_web::{FromRequest, HttpRequest};
use futures::future::LocalBoxFuture;
use futures::{FutureExt, StreamExt};
use recap_core::ErrorCode;
use serde::de::DeserializeOwned;

use crate::context::Context;
use crate::error::{ApiError, ApiResult};

pub(super) use self::parse::parse;

/// The body of a request, read and checked.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, ApiResult<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let cx = request.app_data::<web::Data<Context>>().expect("`serve` puts it there");
        let rules = cx.rules;
        let head = check_head(request.headers(), rules.max_body_bytes);
        let payload = payload.take();
        async move {
            head?;
            let bytes = read(payload, rules.max_body_bytes, rules.body_timeout).await?;
            parse(&bytes).map(Self)
        }
        .boxed_local()
    }
}

/// Refuses by the head alone, before a byte of the body is read.
pub(super) fn check_head(headers: &HeaderMap, max_bytes: usize) -> ApiResult<()> {
    let text = |name| headers.get(name).and_then(|it| it.to_str().ok());
    let media_type = text(header::CONTENT_TYPE).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        let detail = "Send the body as JSON, with `content-type: application/json`.";
        return Err(ApiError::new(ErrorCode::UnsupportedMediaType, detail));
    }
    let length = text(header::CONTENT_LENGTH).and_then(|it| it.parse::<u64>().ok());
    if length.is_some_and(|it| it > max_bytes as u64) {
        return Err(too_large(max_bytes));
    }
    Ok(())
}

pub(super) async fn read(
    payload: Payload,
    max_bytes: usize,
    limit: Duration,
) -> ApiResult<BytesMut> {
    let all = collect(payload, max_bytes);
    tokio::time::timeout(limit, all).await.unwrap_or_else(|_| {
        let detail = format!("The body did not arrive within {} seconds.", limit.as_secs());
        Err(ApiError::new(ErrorCode::RequestTimeout, detail))
    })
}

async fn collect(mut payload: Payload, max_bytes: usize) -> ApiResult<BytesMut> {
    let mut bytes = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| {
            ApiError::new(ErrorCode::InvalidJson, "The body ended before it was complete.")
        })?;
        if bytes.len() + chunk.len() > max_bytes {
            return Err(too_large(max_bytes));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

pub(super) fn too_large(max_bytes: usize) -> ApiError {
    let detail = format!("The body may have {max_bytes} bytes at most.");
    ApiError::new(ErrorCode::PayloadTooLarge, detail)
}
