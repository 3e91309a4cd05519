//! Slots within one process: first come, first served.

use std::sync::Arc;

use async_trait::async_trait;
use recap_config::LimitsConfig;
use recap_core::ports::{Permit, Slot, Slots};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::numbers::{Counted, Counts};

pub(crate) struct MemorySlots {
    fetches: Pool,
    summarizations: Pool,
    counts: Arc<Counts>,
}

/// As many as there are of one kind.
struct Pool {
    size: usize,
    free: Arc<Semaphore>,
}

impl Pool {
    fn new(size: usize) -> Self {
        Self { size, free: Arc::new(Semaphore::new(size)) }
    }
}

impl MemorySlots {
    /// Both limits at least 1, as the settings guarantee.
    pub(crate) fn new(limits: &LimitsConfig, counts: Arc<Counts>) -> Self {
        let (fetches, summarizations) = (limits.fetches, limits.summarizations);
        Self { fetches: Pool::new(fetches), summarizations: Pool::new(summarizations), counts }
    }

    fn pool(&self, slot: Slot) -> &Pool {
        match slot {
            Slot::Fetch => &self.fetches,
            Slot::Summarize => &self.summarizations,
        }
    }

    /// How many there are of one kind.
    pub(super) fn size(&self, slot: Slot) -> usize {
        self.pool(slot).size
    }

    /// One of this process's own.
    pub(super) async fn take(&self, slot: Slot) -> OwnedSemaphorePermit {
        let permit = Arc::clone(&self.pool(slot).free).acquire_owned().await;
        permit.expect("the semaphore is never closed")
    }

    pub(super) fn in_use(&self, slot: Slot) -> Counted {
        Counted::in_use(&self.counts, slot)
    }

    pub(super) fn waiting(&self, slot: Slot) -> Counted {
        Counted::waiting(&self.counts, slot)
    }
}

#[async_trait]
impl Slots for MemorySlots {
    async fn acquire(&self, slot: Slot) -> Permit {
        let waiting = self.waiting(slot);
        let mine = self.take(slot).await;
        drop(waiting);
        Permit::new((self.in_use(slot), mine))
    }
}
