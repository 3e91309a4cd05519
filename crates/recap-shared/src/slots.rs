//! Slots within one process.

use std::sync::Arc;

use async_trait::async_trait;
use recap_core::ports::{Permit, Slot, Slots};
use tokio::sync::Semaphore;

pub(crate) struct MemorySlots {
    fetches: Arc<Semaphore>,
    summarizations: Arc<Semaphore>,
}

impl MemorySlots {
    /// Both at least 1, as the settings guarantee.
    pub(crate) fn new(fetches: usize, summarizations: usize) -> Self {
        let slots = |count| Arc::new(Semaphore::new(count));
        Self { fetches: slots(fetches), summarizations: slots(summarizations) }
    }
}

#[async_trait]
impl Slots for MemorySlots {
    async fn acquire(&self, slot: Slot) -> Permit {
        let slots = match slot {
            Slot::Fetch => &self.fetches,
            Slot::Summarize => &self.summarizations,
        };
        let permit = Arc::clone(slots).acquire_owned().await;
        Permit::new(permit.expect("the semaphore is never closed"))
    }
}
