//! When something that fails is left alone.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::check::{between, seconds};
use crate::error::Problem;

/// When YouTube or the summariser is left alone for a while: `[breakers]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BreakersConfig {
    /// Failures in a row that open a breaker.
    pub failures: u32,
    /// How long an open one lets nothing through, in seconds.
    pub open_seconds: u64,
    /// After that, one call is let through every so many seconds, until one
    /// succeeds.
    pub half_open_seconds: u64,
}

impl Default for BreakersConfig {
    fn default() -> Self {
        Self { failures: 5, open_seconds: 60, half_open_seconds: 30 }
    }
}

impl BreakersConfig {
    pub fn open(&self) -> Duration {
        Duration::from_secs(self.open_seconds)
    }

    pub fn half_open(&self) -> Duration {
        Duration::from_secs(self.half_open_seconds)
    }

    pub(crate) fn check(&self, found: &mut Vec<Problem>) {
        between("breakers.failures", self.failures, 1, 10_000, found);
        seconds("breakers.open_seconds", self.open_seconds, 1, found);
        seconds("breakers.half_open_seconds", self.half_open_seconds, 1, found);
    }
}
