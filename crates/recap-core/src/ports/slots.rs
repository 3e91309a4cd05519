//! How much may happen at once, over all who share the slots.

use async_trait::async_trait;

/// What there is a limited number of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Slot {
    /// A video being fetched from YouTube.
    Fetch,
    /// A call that summarises.
    Summarize,
}

/// Held while the work goes on; dropping it gives the slot back.
pub struct Permit(#[expect(dead_code, reason = "held for its drop")] Box<dyn Send + Sync>);

impl Permit {
    pub fn new(guard: impl Send + Sync + 'static) -> Self {
        Self(Box::new(guard))
    }
}

/// Waits for a free slot. One whose holder died becomes free by itself.
#[async_trait]
pub trait Slots: Send + Sync {
    async fn acquire(&self, slot: Slot) -> Permit;
}
