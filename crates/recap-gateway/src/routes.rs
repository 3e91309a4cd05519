//! The endpoints, one file per resource.

pub(crate) mod cancel;
pub(crate) mod health;
pub(crate) mod jobs;
pub(crate) mod metrics;
pub(crate) mod products;
mod show;
pub(crate) mod spec;
mod submit;
pub(crate) mod summaries;
pub(crate) mod transcripts;

use actix_web::guard::{self, Guard};
use actix_web::{FromRequest, Handler, Resource, Responder, web};
use recap_core::ErrorCode;

use crate::error::ApiError;

/// All endpoints; what is none of them is a problem, too.
pub(crate) fn configure(app: &mut web::ServiceConfig) {
    app.service(post("/v1/summaries", summaries::create))
        .service(post("/v1/transcripts", transcripts::create))
        .service(get("/v1/jobs", jobs::list))
        .service(get("/v1/jobs/{id}", jobs::find))
        .service(post("/v1/jobs/{id}/cancel", cancel::cancel))
        .service(get("/v1/jobs/{id}/summary", products::summary))
        .service(get("/v1/jobs/{id}/transcript", products::transcript))
        .service(get("/health", health::health))
        .service(get("/health/live", health::live))
        .service(get("/health/ready", health::ready))
        .service(get("/metrics", metrics::metrics))
        .service(get("/openapi.json", spec::openapi))
        .default_service(web::to(unknown));
}

/// `HEAD` is answered wherever `GET` is; the server leaves out the body.
fn get<F, A>(path: &str, handler: F) -> Resource
where
    F: Handler<A>,
    A: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    only(path, guard::Any(guard::Get()).or(guard::Head()), "GET, HEAD", handler)
}

fn post<F, A>(path: &str, handler: F) -> Resource
where
    F: Handler<A>,
    A: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    only(path, guard::Post(), "POST", handler)
}

/// One handler for some methods; the others are told which ones those are.
fn only<F, A>(
    path: &str,
    methods: impl Guard + 'static,
    allow: &'static str,
    handler: F,
) -> Resource
where
    F: Handler<A>,
    A: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    let refuse = move || async move { Err::<&str, _>(wrong_method(allow)) };
    web::resource(path)
        .route(web::route().guard(methods).to(handler))
        .default_service(web::to(refuse))
}

fn wrong_method(allow: &'static str) -> ApiError {
    let detail = format!("This endpoint takes {allow}.");
    ApiError { allow: Some(allow), ..ApiError::new(ErrorCode::MethodNotAllowed, detail) }
}

async fn unknown() -> Result<&'static str, ApiError> {
    Err(ApiError::new(ErrorCode::NotFound, "See /openapi.json for the endpoints there are."))
}
