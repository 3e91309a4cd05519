//! Leaves alone for a while what has failed several times in a row.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;

/// What is left alone when it fails.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Breaker {
    YouTube,
    Summarizer,
    /// One receiver of messages, as `host:port`.
    Webhook(String),
}

impl Breaker {
    /// A word from a closed set, for metrics: all receivers have the same.
    pub fn label(&self) -> &'static str {
        match self {
            Self::YouTube => "you_tube",
            Self::Summarizer => "summarizer",
            Self::Webhook(_) => "webhook",
        }
    }
}

impl fmt::Display for Breaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Webhook(host) => write!(f, "{}:{host}", self.label()),
            Self::YouTube | Self::Summarizer => f.write_str(self.label()),
        }
    }
}

/// Circuit breakers, shared by all who share the slots. One opens after
/// `breakers.failures` failures in a row, and after `breakers.open_seconds` lets
/// one call through every `breakers.half_open_seconds`, until one succeeds.
///
/// Their number is bounded: of many, the one that was not asked for longest is
/// forgotten, and is closed then.
#[async_trait]
pub trait Breakers: Send + Sync {
    /// Whether a call may be made now; else when to ask again.
    async fn allow(&self, breaker: &Breaker) -> Result<(), Duration>;

    /// What became of a call that was allowed.
    async fn report(&self, breaker: &Breaker, success: bool);
}
