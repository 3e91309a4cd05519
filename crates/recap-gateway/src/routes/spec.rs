//! `/openapi.json`.

use actix_web::http::header::ContentType;
use actix_web::{HttpResponse, web};

use crate::context::Context;

/// This document.
#[utoipa::path(
    get,
    path = "/openapi.json",
    operation_id = "openapi",
    tag = "health",
    responses((status = 200, description = "OpenAPI 3.1.", body = serde_json::Value)),
)]
pub(crate) async fn openapi(cx: web::Data<Context>) -> HttpResponse {
    HttpResponse::Ok().content_type(ContentType::json()).body(cx.openapi.clone())
}
