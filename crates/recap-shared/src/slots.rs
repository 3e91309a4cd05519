//! How much may happen at once.

mod memory;
mod redis;

use recap_core::ports::Slot;
use tokio::sync::Notify;

pub(crate) use memory::MemorySlots;
pub(crate) use redis::RedisSlots;

/// Wake who waits for a slot of the fleet, of whom there is one per process and
/// kind: the others wait behind it.
#[derive(Debug, Default)]
pub(crate) struct Bells {
    fetch: Notify,
    summarize: Notify,
}

impl Bells {
    pub(crate) fn ring(&self, slot: Slot) {
        self.of(slot).notify_one();
    }

    fn of(&self, slot: Slot) -> &Notify {
        match slot {
            Slot::Fetch => &self.fetch,
            Slot::Summarize => &self.summarize,
        }
    }
}
