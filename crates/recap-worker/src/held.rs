//! What this process works on right now.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use recap_telemetry::metrics;

/// How many jobs are in hand, and whether any was lately.
#[derive(Debug, Default)]
pub(crate) struct Held {
    now: AtomicUsize,
    lately: AtomicBool,
}

impl Held {
    /// Counts a job as in hand until the return value is dropped, whatever became
    /// of it.
    pub(crate) fn take(self: &Arc<Self>) -> InHand {
        metrics::job_in_hand(1);
        self.now.fetch_add(1, Ordering::Relaxed);
        self.lately.store(true, Ordering::Relaxed);
        InHand(Arc::clone(self))
    }

    /// Whether a job was in hand at any time since this was asked last.
    pub(crate) fn since_asked(&self) -> bool {
        self.lately.swap(false, Ordering::Relaxed) || self.now.load(Ordering::Relaxed) > 0
    }
}

pub(crate) struct InHand(Arc<Held>);

impl Drop for InHand {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Ordering::Relaxed);
        metrics::job_in_hand(-1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_counts_while_it_is_in_hand_and_once_afterwards() {
        let held = Arc::new(Held::default());
        assert!(!held.since_asked());
        let job = held.take();
        assert!(held.since_asked() && held.since_asked());
        drop(held.take());
        drop(job);
        assert!(held.since_asked() && !held.since_asked());
    }
}
