//! `/health/live` and `/health/ready`.

use std::time::Duration;

use actix_web::{HttpResponse, web};
use recap_core::JobId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::context::Context;
use crate::error::{ApiError, ApiResult};

/// How long the store may take to show that it is there.
const STORE_TIMEOUT: Duration = Duration::from_secs(2);

/// That all is well.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    /// Always `ok`.
    #[schema(value_type = String, example = "ok")]
    status: &'static str,
}

const OK: Health = Health { status: "ok" };

/// Whether the process serves.
///
/// Asks nothing else: a store that is down is no reason to restart recap.
#[utoipa::path(
    get,
    path = "/health/live",
    operation_id = "health_live",
    tag = "health",
    responses((status = 200, description = "It does.", body = Health)),
)]
pub(crate) async fn live() -> HttpResponse {
    HttpResponse::Ok().json(OK)
}

/// Whether work can be accepted.
#[utoipa::path(
    get,
    path = "/health/ready",
    operation_id = "health_ready",
    tag = "health",
    responses((status = 200, description = "The store answers.", body = Health)),
)]
pub(crate) async fn ready(cx: web::Data<Context>) -> ApiResult<HttpResponse> {
    if cx.shutdown.is_cancelled() {
        return Err(ApiError::unavailable("The server is stopping."));
    }
    // No job has this id: the cheapest question is one without an answer.
    let question = cx.state.store.find(JobId::generate());
    match tokio::time::timeout(STORE_TIMEOUT, question).await {
        Ok(answer) => answer?,
        Err(_elapsed) => return Err(ApiError::unavailable("The store does not answer in time.")),
    };
    Ok(HttpResponse::Ok().json(OK))
}
