//! `/metrics`.

use std::time::Duration;

use actix_web::{HttpResponse, web};
use recap_telemetry::metrics::{CONTENT_TYPE, render};
use tokio::time::timeout;

use crate::context::Context;

/// How long it may take to bring them up to date.
const PATIENCE: Duration = Duration::from_secs(5);

/// What this process has counted and measured.
///
/// In the text format of Prometheus; `docs/metrics.md` lists it.
#[utoipa::path(
    get,
    path = "/metrics",
    operation_id = "metrics",
    tag = "health",
    responses((
        status = 200,
        description = "All metrics of this process.",
        content((String = "text/plain")),
    )),
)]
pub(crate) async fn metrics(cx: web::Data<Context>) -> HttpResponse {
    let collecting = async {
        let _ = timeout(PATIENCE, (cx.state.collect)()).await;
    };
    cx.collected.get(&cx.state.clock, collecting).await;
    HttpResponse::Ok().content_type(CONTENT_TYPE).body(render())
}
