//! Looks for lost, due and expired jobs, every few seconds.

use std::sync::Arc;
use std::time::Duration;

use recap_core::jobs::{JobContext, reconcile};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

/// The first pass is made at once: at a start, jobs of the last run wait.
pub(crate) async fn run(cx: Arc<JobContext>, every: Duration, shutdown: CancellationToken) {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = shutdown.cancelled() => return,
        }
        // In a task of its own: a pass that panics must not be the last one,
        // for without them nothing that got lost would ever be found.
        let mut pass = JoinSet::new();
        let in_hand = Arc::clone(&cx);
        pass.spawn(async move { reconcile::pass(&in_hand).await });
        match pass.join_next().await.expect("a task was spawned") {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                warn!(error = %error.0, "the store did not answer; lost jobs are looked for again soon");
            }
            Err(panic) => error!(%panic, "looking for lost jobs failed"),
        }
    }
}
