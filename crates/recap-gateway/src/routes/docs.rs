//! `/docs` and `/errors/{code}`.

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use recap_core::ErrorCode;

use crate::context::Context;
use crate::error::{ApiError, ApiResult};

/// This documentation.
///
/// For people: one page without scripts, of the same content as `/openapi.json`.
#[utoipa::path(
    get,
    path = "/docs",
    operation_id = "docs",
    tag = "docs",
    responses(
        (status = 200, description = "The page.", content((String = "text/html"))),
        (status = 304, description = "The page has not changed."),
    ),
)]
pub(crate) async fn page(cx: web::Data<Context>, request: HttpRequest) -> HttpResponse {
    cx.docs.page.answer(&request)
}

/// How this documentation looks.
#[utoipa::path(
    get,
    path = "/docs/style.css",
    operation_id = "docs_style",
    tag = "docs",
    responses(
        (status = 200, description = "The style.", content((String = "text/css"))),
        (status = 304, description = "The style has not changed."),
    ),
)]
pub(crate) async fn style(cx: web::Data<Context>, request: HttpRequest) -> HttpResponse {
    cx.docs.style.answer(&request)
}

/// What an error code means.
///
/// Where the `type` of a problem leads.
#[utoipa::path(
    get,
    path = "/errors/{code}",
    operation_id = "explain_error",
    tag = "docs",
    params(("code" = String, Path, description = "The `code` of a problem.",
        example = "job_not_found")),
    responses((
        status = 303,
        description = "Its place in the documentation.",
        headers(("location" = String, description = "`/docs#error-` and the code.")),
    )),
)]
pub(crate) async fn error(code: web::Path<String>) -> ApiResult<HttpResponse> {
    let known: Result<ErrorCode, _> = code.parse();
    let code = known.map_err(|_| {
        ApiError::new(ErrorCode::NotFound, "There is no such code; /docs#errors has them all.")
    })?;
    let place = format!("/docs#error-{code}");
    Ok(HttpResponse::SeeOther().insert_header((LOCATION, place)).finish())
}
