//! `/openapi.json`.

use actix_web::{HttpRequest, HttpResponse, web};

use crate::context::Context;

/// This document.
#[utoipa::path(
    get,
    path = "/openapi.json",
    operation_id = "openapi",
    tag = "docs",
    responses(
        (status = 200, description = "OpenAPI 3.1.", body = serde_json::Value),
        (status = 304, description = "The document has not changed."),
    ),
)]
pub(crate) async fn openapi(cx: web::Data<Context>, request: HttpRequest) -> HttpResponse {
    cx.docs.openapi.answer(&request)
}
