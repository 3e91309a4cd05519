//! What all processes share.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::check::between;
use crate::error::Problem;

/// What all processes share (cache, slots, limits, breakers, events): `[shared]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SharedConfig {
    /// Where it is. While it is away each process goes on by itself.
    pub backend: SharedBackend,
    /// How long a slot stays with a process that says nothing, in seconds.
    pub slot_lease_seconds: u64,
}

/// Where the shared state is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SharedBackend {
    /// Redis if `redis.url` is set, else memory.
    #[default]
    Auto,
    /// In this process; for one process only.
    Memory,
    /// The server of `[redis]`.
    Redis,
}

impl Default for SharedConfig {
    fn default() -> Self {
        Self { backend: SharedBackend::Auto, slot_lease_seconds: 15 }
    }
}

impl SharedConfig {
    pub fn slot_lease(&self) -> Duration {
        Duration::from_secs(self.slot_lease_seconds)
    }

    pub(crate) fn check(&self, found: &mut Vec<Problem>) {
        between("shared.slot_lease_seconds", self.slot_lease_seconds, 3, 300, found);
    }
}
