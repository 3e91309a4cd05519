//! Slots within one process: first come, first served.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use recap_config::LimitsConfig;
use recap_core::ports::{Permit, Slot, Slots};
use tokio::sync::Notify;

use crate::numbers::{Counted, Counts};

pub(crate) struct MemorySlots {
    fetches: Arc<Pool>,
    summarizations: Arc<Pool>,
    counts: Arc<Counts>,
}

/// Those of one kind.
struct Pool {
    places: Mutex<Places>,
    /// Held by the first of those who wait; the others stand behind it in order.
    turn: tokio::sync::Mutex<()>,
    /// Tells the first of them to look again.
    bell: Notify,
}

/// More are taken than there are for a while after there came to be fewer.
struct Places {
    all: usize,
    taken: usize,
}

/// One place, until it is dropped.
pub(super) struct Place(Arc<Pool>);

impl Pool {
    fn new(all: usize) -> Arc<Self> {
        let (places, turn) = (Mutex::new(Places { all, taken: 0 }), tokio::sync::Mutex::default());
        Arc::new(Self { places, turn, bell: Notify::new() })
    }

    async fn take(self: &Arc<Self>) -> Place {
        let _turn = self.turn.lock().await;
        while !self.places().take() {
            self.bell.notified().await;
        }
        Place(Arc::clone(self))
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Places {
    fn take(&mut self) -> bool {
        let free = self.taken < self.all;
        self.taken += usize::from(free);
        free
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.places().taken -= 1;
        self.0.bell.notify_one();
    }
}

impl MemorySlots {
    /// Both limits at least 1, as the settings guarantee.
    pub(crate) fn new(limits: &LimitsConfig, counts: Arc<Counts>) -> Self {
        let (fetches, summarizations) = (limits.fetches, limits.summarizations);
        Self { fetches: Pool::new(fetches), summarizations: Pool::new(summarizations), counts }
    }

    fn pool(&self, slot: Slot) -> &Arc<Pool> {
        match slot {
            Slot::Fetch => &self.fetches,
            Slot::Summarize => &self.summarizations,
        }
    }

    /// One of this process's own.
    pub(super) async fn take(&self, slot: Slot) -> Place {
        self.pool(slot).take().await
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

    fn set_limit(&self, slot: Slot, limit: usize) {
        let pool = self.pool(slot);
        pool.places().all = limit.max(1);
        pool.bell.notify_one();
    }

    fn limit(&self, slot: Slot) -> usize {
        self.pool(slot).places().all
    }
}
