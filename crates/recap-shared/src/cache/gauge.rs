//! Whether there is room on the server.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::task::AbortOnDropHandle;
use tracing::info;

use crate::numbers::Counts;
use crate::server::Server;

/// How often the server is asked at most, and only while something is put.
const ASK: Duration = Duration::from_secs(10);

/// Asks in the background, so that no `put` waits for it: one may find out too
/// late, which is why the server's own `maxmemory` is the harder limit.
pub(super) struct Gauge {
    wanted: Arc<Notify>,
    counts: Arc<Counts>,
    _task: AbortOnDropHandle<()>,
}

impl Gauge {
    /// `budget` in bytes.
    pub(super) fn new(server: Server, budget: u64, counts: Arc<Counts>) -> Self {
        let wanted = Arc::new(Notify::new());
        counts.full.store(budget == 0, Ordering::Relaxed);
        let asking = ask(server, budget, Arc::clone(&wanted), Arc::clone(&counts));
        #[expect(clippy::disallowed_methods, reason = "aborted when the gauge is dropped")]
        let task = tokio::spawn(asking);
        Self { wanted, counts, _task: AbortOnDropHandle::new(task) }
    }

    /// Whether something may be added, as far as is known.
    pub(super) fn has_room(&self) -> bool {
        self.wanted.notify_one();
        !self.counts.full.load(Ordering::Relaxed)
    }
}

async fn ask(server: Server, budget: u64, wanted: Arc<Notify>, counts: Arc<Counts>) {
    loop {
        wanted.notified().await;
        if let Some(used) = server.used_memory().await {
            let full = used > budget;
            if counts.full.swap(full, Ordering::Relaxed) != full {
                let change = if full { "adding nothing to" } else { "adding again to" };
                info!(used_bytes = used, budget_bytes = budget, "{change} the cache on Redis");
            }
        }
        tokio::time::sleep(ASK).await;
    }
}
