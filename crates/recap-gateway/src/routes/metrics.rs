//! `/metrics`.

use std::time::Duration;

use actix_web::{HttpResponse, web};
use recap_telemetry::metrics::{CONTENT_TYPE, render};
use tokio::time::timeout;

use crate::context::Context;

/// How long it may take to bring them up to date.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long they are good for: anybody may ask for them, and some are the store's.
const FRESH: Duration = Duration::from_secs(1);

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
    collect(&cx).await;
    HttpResponse::Ok().content_type(CONTENT_TYPE).body(render())
}

/// Brings the numbers up to date, unless that was done a moment ago, or somebody is
/// about it: numbers of a moment ago are better than none.
async fn collect(cx: &Context) {
    let Ok(mut last) = cx.collected.try_lock() else { return };
    let now = cx.now();
    if last.is_some_and(|it| it <= now && now < it + FRESH) {
        return;
    }
    *last = Some(now);
    let _ = timeout(PATIENCE, (cx.state.collect)()).await;
}
