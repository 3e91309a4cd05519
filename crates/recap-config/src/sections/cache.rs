//! Finished work that is kept.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::check::between;
use crate::error::Problem;

/// Finished work that is kept for those who ask for the same: `[cache]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CacheConfig {
    /// Memory for it in each process, in MB; what was not asked for longest goes
    /// first. 0 keeps nothing.
    pub memory_mb: usize,
    /// Memory for it in Redis, in MB: while the server uses more, nothing is
    /// added. Its own `maxmemory` is the harder limit.
    pub redis_mb: usize,
    /// Largest value that is kept, in kB.
    pub max_value_kb: usize,
    /// How long what is known of a video is kept, in hours.
    pub metadata_hours: u64,
    /// How long a transcript is kept, in hours.
    pub transcript_hours: u64,
    /// How long it is remembered that a video is private or copy-protected, in minutes.
    /// What another way to YouTube, or another day, may see otherwise is not remembered.
    pub refusal_minutes: u64,
    /// How long it is remembered that a video has no captions, in minutes: they may
    /// still be made.
    pub no_captions_minutes: u64,
    /// How long a summary is kept, in hours.
    pub summary_hours: u64,
    /// How long a job document is kept, in minutes, to be shown while the store
    /// is away.
    pub job_minutes: u64,
    /// How long one who misses waits for another who makes the same, in seconds.
    pub flight_seconds: u64,
}

impl Default for CacheConfig {
    fn default() -> Self {
        Self {
            memory_mb: 10,
            redis_mb: 128,
            max_value_kb: 4096,
            metadata_hours: 24,
            transcript_hours: 48,
            refusal_minutes: 360,
            no_captions_minutes: 60,
            summary_hours: 72,
            job_minutes: 60,
            flight_seconds: 60,
        }
    }
}

impl CacheConfig {
    /// In bytes.
    pub fn memory(&self) -> usize {
        self.memory_mb << 20
    }

    /// In bytes.
    pub fn redis(&self) -> usize {
        self.redis_mb << 20
    }

    /// In bytes.
    pub fn max_value(&self) -> usize {
        self.max_value_kb << 10
    }

    pub fn metadata(&self) -> Duration {
        Duration::from_secs(self.metadata_hours * 3600)
    }

    pub fn transcript(&self) -> Duration {
        Duration::from_secs(self.transcript_hours * 3600)
    }

    pub fn refusal(&self) -> Duration {
        Duration::from_secs(self.refusal_minutes * 60)
    }

    pub fn no_captions(&self) -> Duration {
        Duration::from_secs(self.no_captions_minutes * 60)
    }

    pub fn summary(&self) -> Duration {
        Duration::from_secs(self.summary_hours * 3600)
    }

    pub fn job(&self) -> Duration {
        Duration::from_secs(self.job_minutes * 60)
    }

    pub fn flight(&self) -> Duration {
        Duration::from_secs(self.flight_seconds)
    }

    pub(crate) fn check(&self, found: &mut Vec<Problem>) {
        const MONTH: u64 = 31 * 24;
        between("cache.memory_mb", self.memory_mb, 0, 4096, found);
        between("cache.redis_mb", self.redis_mb, 0, 65_536, found);
        between("cache.max_value_kb", self.max_value_kb, 1, 16_384, found);
        between("cache.metadata_hours", self.metadata_hours, 1, MONTH, found);
        between("cache.transcript_hours", self.transcript_hours, 1, MONTH, found);
        between("cache.refusal_minutes", self.refusal_minutes, 1, MONTH * 60, found);
        between("cache.no_captions_minutes", self.no_captions_minutes, 1, MONTH * 60, found);
        between("cache.summary_hours", self.summary_hours, 1, MONTH, found);
        between("cache.job_minutes", self.job_minutes, 1, 24 * 60, found);
        between("cache.flight_seconds", self.flight_seconds, 1, 600, found);
    }
}
