//! How much of the machine there is.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::check::{between, seconds};
use crate::error::Problem;

/// How much memory there is, and when what is left off to stay within: `[resources]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ResourcesConfig {
    /// Memory of everything in the instance, in megabytes; 0 is what its control
    /// group allows, or what the machine has.
    pub memory_mb: u64,
    /// From here on one luxury after the other is left off, in percent of the memory:
    /// pictures, whole transcripts in jobs, longer thinking, new event streams, and
    /// most of the cache in memory.
    pub reduced_percent: u8,
    /// From here on no new work is taken, in percent. Reads, health and running jobs
    /// go on.
    pub refusing_percent: u8,
    /// How far below its threshold something comes back, in percent.
    pub hysteresis_percent: u8,
    /// How often the use is looked at, in milliseconds.
    pub interval_ms: u64,
    /// How often it is logged, in seconds.
    pub log_seconds: u64,
}

impl Default for ResourcesConfig {
    fn default() -> Self {
        Self {
            memory_mb: 0,
            reduced_percent: 80,
            refusing_percent: 90,
            hysteresis_percent: 5,
            interval_ms: 1000,
            log_seconds: 60,
        }
    }
}

impl ResourcesConfig {
    /// In bytes, if it was set.
    pub fn memory(&self) -> Option<u64> {
        (self.memory_mb > 0).then_some(self.memory_mb << 20)
    }

    pub fn interval(&self) -> Duration {
        Duration::from_millis(self.interval_ms)
    }

    pub fn log_interval(&self) -> Duration {
        Duration::from_secs(self.log_seconds)
    }

    pub(crate) fn check(&self, found: &mut Vec<Problem>) {
        // A terabyte.
        between("resources.memory_mb", self.memory_mb, 0, 1 << 20, found);
        between("resources.reduced_percent", self.reduced_percent, 10, 99, found);
        between("resources.refusing_percent", self.refusing_percent, 10, 99, found);
        between("resources.hysteresis_percent", self.hysteresis_percent, 0, 50, found);
        between("resources.interval_ms", self.interval_ms, 100, 60_000, found);
        seconds("resources.log_seconds", self.log_seconds, 1, found);
        if self.reduced_percent >= self.refusing_percent {
            let mend =
                format!("use less than resources.refusing_percent, {}", self.refusing_percent);
            found.push(Problem::invalid("resources.reduced_percent", mend));
        }
    }
}
