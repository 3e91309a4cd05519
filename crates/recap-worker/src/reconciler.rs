//! Looks for lost, due and expired jobs, every few seconds.

use std::sync::Arc;
use std::time::Duration;

use recap_core::jobs::{JobContext, reconcile};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing::warn;

/// The first pass is made at once: at a start, jobs of the last run wait.
pub(crate) async fn run(cx: Arc<JobContext>, every: Duration, shutdown: CancellationToken) {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = shutdown.cancelled() => return,
        }
        if let Err(error) = reconcile::pass(&cx).await {
            warn!(error = %error.0, "the store did not answer; lost jobs are looked for again soon");
        }
    }
}
