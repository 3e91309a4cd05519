//! What all who work together share: news about jobs, and how much may happen
//! at once. Here for one process, in memory.
//!
//! Invariant: nothing in here is needed to bring a job to its end; it only
//! makes waiting shorter and load smaller.

mod events;
mod slots;

use std::sync::Arc;

use recap_config::Config;
use recap_core::ports::{Events, Slots};

/// What one process shares among its roles.
#[derive(Clone)]
pub struct Shared {
    pub events: Arc<dyn Events>,
    pub slots: Arc<dyn Slots>,
}

/// Makes what the roles of this process share.
pub fn connect(config: &Config) -> Shared {
    let limits = &config.limits;
    let slots = slots::MemorySlots::new(limits.fetches, limits.summarizations);
    Shared { events: Arc::new(events::MemoryEvents::default()), slots: Arc::new(slots) }
}
