//! The queue between those who submit and those who work.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::check::between;
use crate::error::Problem;

/// The queue between those who submit and those who work: `[queue]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct QueueConfig {
    /// What carries it.
    pub backend: QueueBackend,
    /// How often it is looked at, in milliseconds: the longest wait before an
    /// idle worker starts a job, against the idle CPU it costs.
    pub poll_ms: u64,
}

/// What carries the queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QueueBackend {
    /// The embedded database of `[sqlite]`.
    #[default]
    Sqlite,
}

impl Default for QueueConfig {
    fn default() -> Self {
        Self { backend: QueueBackend::Sqlite, poll_ms: 500 }
    }
}

impl QueueConfig {
    pub fn poll(&self) -> Duration {
        Duration::from_millis(self.poll_ms)
    }

    pub(crate) fn check(&self, found: &mut Vec<Problem>) {
        between("queue.poll_ms", self.poll_ms, 10, 60_000, found);
    }
}
