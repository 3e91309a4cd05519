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

    /// There are so many from now on, at least 1, as far as this process goes. What
    /// is held is held until it is given back, if it is more than that.
    fn set_limit(&self, slot: Slot, limit: usize);

    /// How many there are.
    fn limit(&self, slot: Slot) -> usize;
}
