//! How much is in use of what a process has a limited number of.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

/// Pools, slots and breakers, as this process sees them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Pools {
    /// Connections to what keeps the jobs: `mongodb` or `sqlite`.
    pub connections: BTreeMap<&'static str, Connections>,
    /// The way to each Redis: `shared` and `queue`, if there are such.
    pub redis: BTreeMap<&'static str, Link>,
    /// Requests under way to others: `gemini`, `webhook`.
    pub requests: BTreeMap<&'static str, u64>,
    /// What may happen so many times at once: `fetch`, `summarize`.
    pub slots: BTreeMap<&'static str, SlotUse>,
    /// What is left alone for a while when it fails: `you_tube`, `summarizer`; of all
    /// receivers of messages, as `webhook`, the one that is left alone for longest;
    /// and of what is waited for, `store` and `queue`.
    pub breakers: BTreeMap<&'static str, BreakerUse>,
}

/// A pool of connections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Connections {
    pub open: u64,
    /// Of those that are open.
    pub in_use: u64,
    /// Questions that wait for a connection, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting: Option<u64>,
    /// Most that are open at once.
    pub limit: u64,
    /// Questions that got none in time, since the process began, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<u64>,
}

/// The way to a Redis; all calls share one connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = RedisLink)]
pub struct Link {
    /// It does not answer; nobody waits for it.
    pub away: bool,
    /// How often it went away, since the process began.
    pub losses: u64,
    /// Calls that wait for an answer.
    pub in_flight: u64,
}

/// Slots of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct SlotUse {
    /// By this process.
    pub in_use: u64,
    /// By this process.
    pub waiting: u64,
    /// Of all processes together.
    pub limit: u64,
}

/// One breaker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct BreakerUse {
    pub state: BreakerState,
    /// In a row, up to the number that opens it.
    pub failures: u32,
    /// How long nothing is let through, in seconds, rounded up.
    pub retry_in_seconds: u64,
}

/// Whether a breaker lets calls through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BreakerState {
    #[default]
    Closed,
    /// One call is let through now and then.
    HalfOpen,
    Open,
}
