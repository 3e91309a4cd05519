//! How often something may happen, over all who share it.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

/// So many in so long, evenly: a burst of `count`, then one every
/// `per / count`. The generic cell rate algorithm (ITU-T I.371, annex A).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// At least 1.
    pub count: u32,
    pub per: Duration,
}

/// Budgets by name, shared by all processes.
#[async_trait]
pub trait Limits: Send + Sync {
    /// Takes one from the budget `key`; else says how long to wait before it is
    /// worth asking again.
    async fn take(&self, key: &str, rate: Rate) -> Result<(), Duration>;

    /// Says that `key` is used up until then, whatever its rate.
    async fn exhaust(&self, key: &str, until: Timestamp);

    /// Until when `key` is used up, if it is at `now`.
    async fn exhausted(&self, key: &str, now: Timestamp) -> Option<Timestamp>;
}
