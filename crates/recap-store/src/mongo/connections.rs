//! Counts connections by what the driver says of its pool.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use mongodb::event::EventHandler;
use mongodb::event::cmap::CmapEvent;
use recap_core::ports::Connections;

#[derive(Debug, Default)]
pub(super) struct Counts {
    open: AtomicI64,
    in_use: AtomicI64,
    waiting: AtomicI64,
    failed: AtomicU64,
}

impl Counts {
    /// What tells these counts of each event.
    pub(super) fn handler(self: &Arc<Self>) -> EventHandler<CmapEvent> {
        let counts = Arc::clone(self);
        EventHandler::callback(move |event: CmapEvent| counts.note(&event))
    }

    pub(super) fn now(&self, limit: u32) -> Connections {
        // Events of several connections may come in any order.
        let read = |it: &AtomicI64| u64::try_from(it.load(Ordering::Relaxed)).unwrap_or(0);
        Connections {
            open: read(&self.open),
            in_use: read(&self.in_use),
            waiting: Some(read(&self.waiting)),
            limit: limit.into(),
            failed: Some(self.failed.load(Ordering::Relaxed)),
        }
    }

    fn note(&self, event: &CmapEvent) {
        let add = |it: &AtomicI64, more| it.fetch_add(more, Ordering::Relaxed);
        match event {
            CmapEvent::ConnectionCreated(_) => add(&self.open, 1),
            CmapEvent::ConnectionClosed(_) => add(&self.open, -1),
            CmapEvent::ConnectionCheckoutStarted(_) => add(&self.waiting, 1),
            CmapEvent::ConnectionCheckoutFailed(_) => {
                self.failed.fetch_add(1, Ordering::Relaxed);
                add(&self.waiting, -1)
            }
            CmapEvent::ConnectionCheckedOut(_) => {
                add(&self.waiting, -1);
                add(&self.in_use, 1)
            }
            CmapEvent::ConnectionCheckedIn(_) => add(&self.in_use, -1),
            _ => 0,
        };
    }
}
