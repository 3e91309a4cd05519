//! Ends a worker after some jobs, for its supervisor to start a new one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use recap_core::jobs::{JobPayload, Runner};
use recap_core::ports::Handler;
use tokio_util::sync::CancellationToken;
use tracing::info;

use crate::held::Held;

/// Counts jobs that are handled, and drains when there were enough. Messages are
/// none: they are sent beside the jobs.
pub(crate) struct Counted {
    pub(crate) runner: Runner,
    /// `None`: there is never enough.
    pub(crate) left: Option<AtomicU64>,
    pub(crate) drain: CancellationToken,
    pub(crate) held: Arc<Held>,
}

impl Counted {
    /// `max_jobs` more or fewer by up to `jitter`, as `chance` in `[0, 1)` says;
    /// at least one. None of them is no limit.
    pub(crate) fn new(
        runner: Runner,
        max_jobs: u64,
        jitter: u64,
        chance: f64,
        drain: CancellationToken,
    ) -> Arc<Self> {
        let left = (max_jobs > 0).then(|| AtomicU64::new(spread(max_jobs, jitter, chance)));
        Arc::new(Self { runner, left, drain, held: Arc::default() })
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "settings bound both numbers to a million"
)]
fn spread(max_jobs: u64, jitter: u64, chance: f64) -> u64 {
    let more = ((2 * jitter + 1) as f64 * chance) as u64;
    (max_jobs + more).saturating_sub(jitter).max(1)
}

#[async_trait]
impl Handler for Counted {
    async fn handle(&self, payload: JobPayload) {
        if payload.job().is_none() {
            return self.runner.handle(payload).await;
        }
        let in_hand = self.held.take();
        self.runner.handle(payload).await;
        drop(in_hand);
        if let Some(left) = &self.left
            && left.fetch_sub(1, Ordering::Relaxed) == 1
        {
            info!("enough jobs for one process (worker.max_jobs); draining");
            self.drain.cancel();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn processes_end_some_jobs_apart() {
        for (chance, expected) in [(0.0, 90), (0.5, 100), (0.999, 110)] {
            assert_eq!(spread(100, 10, chance), expected, "{chance}");
        }
        assert_eq!(spread(1, 10, 0.0), 1);
        assert_eq!(spread(100, 0, 0.7), 100);
    }
}
