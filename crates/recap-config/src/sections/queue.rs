//! The queue between those who submit and those who work.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::check::{between, redis_url, regions};
use crate::error::Problem;
use crate::secret::Secret;

/// The queue between those who submit and those who work: `[queue]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct QueueConfig {
    /// What carries it.
    pub backend: QueueBackend,
    /// A Redis of its own, as in `redis://host:6379`; without it the queue is in
    /// that of `[redis]`. It should never evict (`maxmemory-policy noeviction`),
    /// while a cache should.
    #[schema(value_type = String)]
    pub redis_url: Secret,
    /// How often it is looked at, in milliseconds: the longest wait before an
    /// idle worker starts a job, against the idle CPU it costs.
    pub poll_ms: u64,
    /// How long a gateway leaves a queue alone that did not answer, in
    /// milliseconds; jobs wait in the store meanwhile.
    pub rest_ms: u64,
    /// Entries of one lane (priority and region) that may wait in the queue.
    /// Jobs beyond that wait in the store, and follow as the queue empties. The
    /// queue on Redis takes no more than 7,000 in any case.
    pub entries_per_lane: u64,
    /// The same for the entries of one client in a lane: what a client with few
    /// jobs waits behind, for each client with many.
    pub entries_per_client: u64,
    /// Interactive jobs that are taken for each bulk job, while both wait.
    pub interactive_weight: u32,
    /// Regions that jobs may be pinned to, as in `eu, us`.
    pub regions: Vec<String>,
}

/// What carries the queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QueueBackend {
    /// Redis if the URL of one is set, else SQLite.
    #[default]
    Auto,
    /// The embedded database of `[sqlite]`.
    Sqlite,
    /// `queue.redis_url`, or else `redis.url`.
    Redis,
}

impl Default for QueueConfig {
    fn default() -> Self {
        Self {
            backend: QueueBackend::Auto,
            redis_url: Secret::default(),
            poll_ms: 500,
            rest_ms: 1000,
            entries_per_lane: 1000,
            entries_per_client: 25,
            interactive_weight: 4,
            regions: Vec::new(),
        }
    }
}

impl QueueConfig {
    pub fn poll(&self) -> Duration {
        Duration::from_millis(self.poll_ms)
    }

    pub fn rest(&self) -> Duration {
        Duration::from_millis(self.rest_ms)
    }

    pub(crate) fn check(&self, found: &mut Vec<Problem>) {
        redis_url("queue.redis_url", &self.redis_url, found);
        between("queue.poll_ms", self.poll_ms, 10, 60_000, found);
        between("queue.rest_ms", self.rest_ms, 100, 60_000, found);
        between("queue.entries_per_lane", self.entries_per_lane, 1, 5000, found);
        between("queue.entries_per_client", self.entries_per_client, 1, 5000, found);
        between("queue.interactive_weight", self.interactive_weight, 1, 100, found);
        regions("queue.regions", &self.regions, found);
    }
}
