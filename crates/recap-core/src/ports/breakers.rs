//! Leaves alone for a while what has failed several times in a row.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;

/// What is left alone when it fails.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Breaker {
    /// YouTube as it is reached on one way, by its name.
    YouTube(String),
    Summarizer,
    /// One receiver of messages, as `host:port`.
    Webhook(String),
}

impl Breaker {
    /// A word from a closed set, for metrics: all of a kind have the same.
    pub fn label(&self) -> &'static str {
        match self {
            Self::YouTube(_) => "you_tube",
            Self::Summarizer => "summarizer",
            Self::Webhook(_) => "webhook",
        }
    }
}

impl fmt::Display for Breaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::YouTube(name) | Self::Webhook(name) => write!(f, "{}:{name}", self.label()),
            Self::Summarizer => f.write_str(self.label()),
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

    /// Opens it at once and for so long: the other side has said to leave it alone.
    async fn rest(&self, breaker: &Breaker, wait: Duration);
}
