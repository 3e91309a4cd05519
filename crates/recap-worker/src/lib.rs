//! The worker role: builds what a job may use from the settings, takes jobs
//! from the queue, and brings back those that got lost.
//!
//! Invariant: the guards around a port (slots, and later breakers) are put
//! together here, so that neither steps nor adapters know of them.

mod context;
mod guarded;
mod outside;
mod reconciler;

use std::sync::Arc;

use recap_config::Config;
use recap_core::jobs::{JobContext, Runner};
use recap_core::ports::QueueError;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

pub use context::{Outside, Ports, context, policy, random_chance, system_clock};
pub use outside::outside;

/// Works until `shutdown` fires, then hands back what is in hand and returns.
///
/// # Errors
///
/// When the queue cannot be read at all; single failures are retried inside.
pub async fn run(
    config: &Config,
    cx: Arc<JobContext>,
    shutdown: CancellationToken,
) -> Result<(), QueueError> {
    let mut tasks = JoinSet::new();
    let interval = config.worker.reconcile_interval();
    tasks.spawn(reconciler::run(Arc::clone(&cx), interval, shutdown.clone()));
    let runner = Arc::new(Runner::new(Arc::clone(&cx), shutdown.clone()));
    info!(worker.concurrency = config.worker.concurrency, "worker started");
    let working = cx.queue.run(config.worker.concurrency, runner, shutdown.clone());
    let stopped = async {
        shutdown.cancelled().await;
        tokio::time::sleep(config.worker.stop_timeout()).await;
    };
    tokio::select! {
        res = working => res?,
        () = stopped => warn!("jobs in hand were not handed back in time; their leases will end"),
    }
    tasks.shutdown().await;
    info!("worker stopped");
    Ok(())
}
