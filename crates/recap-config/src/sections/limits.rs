//! How much may happen at once.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::check::between;
use crate::error::Problem;

/// How much may happen at once: `[limits]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LimitsConfig {
    /// Videos being fetched at once. At 0.1 CPU a second yt-dlp gains nothing.
    pub fetches: usize,
    /// Calls that summarise at once.
    pub summarizations: usize,
    /// Jobs waiting or running before a submit is refused.
    pub open_jobs: u64,
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self { fetches: 1, summarizations: 1, open_jobs: 1000 }
    }
}

impl LimitsConfig {
    pub(crate) fn check(&self, found: &mut Vec<Problem>) {
        between("limits.fetches", self.fetches, 1, 64, found);
        between("limits.summarizations", self.summarizations, 1, 64, found);
        between("limits.open_jobs", self.open_jobs, 1, 1_000_000, found);
    }
}
