//! `/health`, `/health/live`, `/health/ready` and `/health/pools`.

use actix_web::{HttpResponse, web};
use recap_core::ports::{Condition, Pools, Report, report};

use crate::body::{LiveBody, ReadyBody};
use crate::context::Context;
use crate::error::{ApiError, ApiResult};

/// Whether the process serves.
///
/// Asks nothing else: a store that is down is no reason to restart recap.
#[utoipa::path(
    get,
    path = "/health/live",
    operation_id = "health_live",
    tag = "health",
    responses((status = 200, description = "It does.", body = LiveBody)),
)]
pub(crate) async fn live() -> HttpResponse {
    HttpResponse::Ok().json(LiveBody::OK)
}

/// Whether work can be accepted.
///
/// Asks everything that the process depends on, at most once a second. A part that
/// is away while something else stands in for it does not count against it. One
/// that is down does: the problem then has `parts`, too.
#[utoipa::path(
    get,
    path = "/health/ready",
    operation_id = "health_ready",
    tag = "health",
    responses((status = 200, description = "Nothing is down.", body = ReadyBody)),
)]
pub(crate) async fn ready(cx: web::Data<Context>) -> ApiResult<HttpResponse> {
    let report = cx.condition.get(&cx.state.clock, report(&cx.state.probes)).await;
    if cx.shutdown.is_cancelled() {
        return Err(ApiError::unavailable("The server is stopping."));
    }
    if !report.ready {
        return Err(not_ready(report));
    }
    Ok(HttpResponse::Ok().json(ReadyBody::new(report)))
}

/// How much is in use of what the process has a limited number of.
///
/// Connections, slots and breakers, as this process sees them; asks nobody.
#[utoipa::path(
    get,
    path = "/health/pools",
    operation_id = "health_pools",
    tag = "health",
    responses((status = 200, description = "Pools, slots and breakers.", body = Pools)),
)]
pub(crate) async fn pools(cx: web::Data<Context>) -> HttpResponse {
    let mut pools = (cx.state.pools)();
    pools.breakers.extend(cx.reached());
    HttpResponse::Ok().json(pools)
}

/// How the process is: the same as `/health/ready`.
#[utoipa::path(
    get,
    path = "/health",
    operation_id = "health",
    tag = "health",
    responses((status = 200, description = "Nothing is down.", body = ReadyBody)),
)]
pub(crate) async fn health(cx: web::Data<Context>) -> ApiResult<HttpResponse> {
    ready(cx).await
}

fn not_ready(report: Report) -> ApiError {
    let is_down = |it: &Condition| matches!(it, Condition::Down { .. });
    let down: Vec<&str> =
        report.parts.iter().filter(|(_, it)| is_down(it)).map(|(name, _)| *name).collect();
    let detail = format!("Not ready: {}.", down.join(", "));
    ApiError { parts: Some(Box::new(report.into())), ..ApiError::unavailable(detail) }
}
