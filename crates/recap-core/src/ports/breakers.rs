//! Leaves alone for a while what has failed several times in a row.

use std::time::Duration;

use async_trait::async_trait;

/// What is left alone when it fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::Display, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Breaker {
    YouTube,
    Summarizer,
}

/// Circuit breakers, shared by all who share the slots. One opens after
/// `breakers.failures` failures in a row, and after `breakers.open_seconds` lets
/// one call through every `breakers.half_open_seconds`, until one succeeds.
#[async_trait]
pub trait Breakers: Send + Sync {
    /// Whether a call may be made now; else when to ask again.
    async fn allow(&self, breaker: Breaker) -> Result<(), Duration>;

    /// What became of a call that was allowed.
    async fn report(&self, breaker: Breaker, success: bool);
}
