//! How long jobs may take, and how often they are tried.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::check::{at_least, between};
use crate::error::Problem;

/// In seconds.
const DAY: u64 = 24 * 3600;

/// In hours. Times are added to the clock, which ends with the year 9999; a
/// setting must not be able to bring it there.
const YEAR: u64 = 365 * 24;

/// How long jobs may take, and how often they are tried: `[jobs]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct JobsConfig {
    /// Longest run of one attempt, in seconds.
    pub timeout_seconds: u64,
    /// Attempts at a job that fails in passing, the first one included.
    pub max_attempts: u32,
    /// Delay after the first failed attempt, in seconds; doubled each time.
    pub retry_base_seconds: u64,
    /// Longest delay between attempts, in seconds.
    pub retry_cap_seconds: u64,
    /// Starts of a job that may end its worker abnormally before the job
    /// fails as `poison`.
    pub max_crashes: u32,
    /// Longest life of a job that does not end, in hours; then it expires.
    pub max_age_hours: u64,
    /// How long an ended job is kept, in hours.
    pub retention_hours: u64,
    /// How often a live video is looked at again, in seconds.
    pub live_recheck_seconds: u64,
    /// Longest video accepted, in hours.
    pub max_video_hours: u64,
}

impl Default for JobsConfig {
    fn default() -> Self {
        Self {
            timeout_seconds: 3600,
            max_attempts: 4,
            retry_base_seconds: 15,
            retry_cap_seconds: 900,
            max_crashes: 3,
            max_age_hours: 48,
            retention_hours: 72,
            live_recheck_seconds: 1800,
            max_video_hours: 12,
        }
    }
}

impl JobsConfig {
    pub fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds)
    }

    pub fn max_age(&self) -> Duration {
        Duration::from_secs(self.max_age_hours * 3600)
    }

    pub fn retention(&self) -> Duration {
        Duration::from_secs(self.retention_hours * 3600)
    }

    pub fn max_video(&self) -> Duration {
        Duration::from_secs(self.max_video_hours * 3600)
    }

    pub(crate) fn check(&self, found: &mut Vec<Problem>) {
        let (base, cap) = (self.retry_base_seconds, self.retry_cap_seconds);
        between("jobs.timeout_seconds", self.timeout_seconds, 1, DAY, found);
        at_least("jobs.max_attempts", self.max_attempts, 1, found);
        between("jobs.retry_base_seconds", base, 1, DAY, found);
        between("jobs.retry_cap_seconds", cap, base.min(DAY), DAY, found);
        at_least("jobs.max_crashes", self.max_crashes, 1, found);
        between("jobs.max_age_hours", self.max_age_hours, 1, YEAR, found);
        between("jobs.retention_hours", self.retention_hours, 1, 10 * YEAR, found);
        between("jobs.live_recheck_seconds", self.live_recheck_seconds, 60, DAY, found);
        // Transcripts end there as well.
        between("jobs.max_video_hours", self.max_video_hours, 1, 100, found);
    }
}
