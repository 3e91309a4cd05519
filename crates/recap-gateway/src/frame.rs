//! Around every handler: the request id, the span, the metrics, the time limit,
//! the net under panics, the body of every problem, and what browsers are told.

mod asked;
mod instance;
mod manners;
mod measured;
mod packed;
mod unread;

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse, web};
use futures::FutureExt;
use tracing::{Instrument, debug, info_span};

use self::asked::Asked;
pub(crate) use self::manners::Manners;
use self::measured::Measured;
pub(crate) use self::measured::matched;
use self::packed::Packing;
pub(crate) use self::packed::takes_gzip;
use self::unread::Unread;
use crate::context::Context;
use crate::error::ApiError;
use crate::request_id::RequestId;

/// The one middleware. Handlers only say what is wrong ([`ApiError`]).
pub(crate) async fn frame(
    cx: web::Data<Context>,
    mut request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let id = RequestId::of(request.headers());
    let path = instance::repeated(request.path());
    let span = info_span!(
        "request",
        request.id = %id,
        http.method = %request.method(),
        http.path = %path,
    );
    let measured = Measured::of(&request);
    let unread = Unread::of(&mut request);
    let origin = cx.manners.origin(&request);
    let packing = Packing::of(&request, cx.manners.compress_from);
    let asked = Asked { id, path, unread, manners: &cx.manners, origin, packing };
    async {
        let mut answer = guarded(cx.rules.request_timeout, request, next).await;
        if asked.origin.is_preflight {
            // No handler takes its method; it was asked only for its route.
            answer = answer.map(|it| it.into_response(HttpResponse::NoContent().finish()));
        }
        let answer = asked.finish(answer);
        measured.finish(&answer);
        if let Ok(answer) = &answer {
            debug!(http.status = answer.status().as_u16(), "answered");
        }
        answer
    }
    .instrument(span)
    .await
}

/// Asks the handler; a panic and a time-out become errors like others.
async fn guarded(
    limit: Duration,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let answer = AssertUnwindSafe(async move { next.call(request).await }).catch_unwind();
    match tokio::time::timeout(limit, answer).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_panic)) => Err(ApiError::internal("a handler panicked").into()),
        // Not 408: the request was received in time, it is we who are late.
        Err(_elapsed) => Err(ApiError::unavailable("The server did not finish in time.").into()),
    }
}
