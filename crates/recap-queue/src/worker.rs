//! The apalis worker, and another one when it ends too early.

use std::sync::Arc;
use std::time::Duration;

use apalis_core::worker::builder::WorkerBuilder;
use tokio_util::sync::CancellationToken;
use tracing::warn;
use ulid::Ulid;

use crate::entry::Entry;
use crate::hands::Hands;
use crate::source::Source;

/// How long the database is left alone after an error.
const PAUSE: Duration = Duration::from_secs(1);

/// What the names of one run's workers start with. The ULID is what makes them
/// unique, the rest is for whoever looks into the table.
pub(crate) fn name() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    format!("{}-{}-{}", host.trim(), std::process::id(), Ulid::generate())
}

/// Keeps an apalis worker running until `stop`. Any database error ends one;
/// the next has a new name, because a name is refused for a heartbeat.
pub(crate) async fn supervise(
    name: &str,
    hands: &Arc<Hands>,
    stop: &CancellationToken,
    source: impl Fn() -> Source,
) {
    let mut restarts = 0_u64;
    while !stop.is_cancelled() {
        let handler = Arc::clone(hands);
        let worker = WorkerBuilder::new(format!("{name}-{restarts}").as_str())
            .backend(source())
            .build(move |entry: Entry| {
                let hands = Arc::clone(&handler);
                async move { hands.handle(entry).await }
            });
        if let Err(error) = worker.run().await {
            warn!(%error, restarts, "the queue's worker ended; starting another one");
        }
        restarts += 1;
        let _ = tokio::time::timeout(PAUSE, stop.cancelled()).await;
    }
}
