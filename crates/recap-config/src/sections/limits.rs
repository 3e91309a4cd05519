//! How much may happen at once, and how often.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::check::between;
use crate::error::Problem;

/// How much may happen at once, and how often: `[limits]`. A client is a key, the
/// owner of a token, or without keys an address. A rate of 0 is no limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LimitsConfig {
    /// Videos being fetched at once. At 0.1 CPU a second yt-dlp gains nothing.
    pub fetches: usize,
    /// Calls that summarise at once.
    pub summarizations: usize,
    /// Jobs waiting or running before a submit is refused.
    pub open_jobs: u64,
    /// Jobs of one client waiting or running before its submits are refused.
    pub open_jobs_per_client: u64,
    /// Videos in one batch.
    pub batch_items: usize,
    /// Submits a minute of all clients together: what is worked on costs.
    pub global_submits_per_minute: u32,
    /// Submits a minute of one client; a key may have its own number.
    pub submits_per_minute: u32,
    /// Looks at a job, or at what it made, a minute of one client. They are cheap,
    /// and counted by each process for itself: asking everyone would cost more than
    /// the look.
    pub reads_per_minute: u32,
    /// Lists a minute of one client.
    pub lists_per_minute: u32,
    /// Small changes a minute of one client: cancel, delete, webhooks, keys.
    pub changes_per_minute: u32,
    /// Wrong keys and tokens a minute from one address, per process; further ones
    /// are not looked at.
    pub failed_logins_per_minute: u32,
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self {
            fetches: 1,
            summarizations: 1,
            open_jobs: 1000,
            open_jobs_per_client: 200,
            batch_items: 100,
            global_submits_per_minute: 60,
            submits_per_minute: 10,
            reads_per_minute: 1200,
            lists_per_minute: 60,
            changes_per_minute: 60,
            failed_logins_per_minute: 20,
        }
    }
}

impl LimitsConfig {
    /// What is wrong with them, for those who change them while running.
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        self.check(&mut found);
        found
    }

    pub(crate) fn check(&self, found: &mut Vec<Problem>) {
        between("limits.fetches", self.fetches, 1, 64, found);
        between("limits.summarizations", self.summarizations, 1, 64, found);
        between("limits.open_jobs", self.open_jobs, 1, 1_000_000, found);
        between("limits.open_jobs_per_client", self.open_jobs_per_client, 1, 1_000_000, found);
        between("limits.batch_items", self.batch_items, 1, 1000, found);
        for (key, rate) in [
            ("limits.global_submits_per_minute", self.global_submits_per_minute),
            ("limits.submits_per_minute", self.submits_per_minute),
            ("limits.reads_per_minute", self.reads_per_minute),
            ("limits.lists_per_minute", self.lists_per_minute),
            ("limits.changes_per_minute", self.changes_per_minute),
            ("limits.failed_logins_per_minute", self.failed_logins_per_minute),
        ] {
            // One a microsecond: budgets are counted no finer.
            between(key, rate, 0, 60_000_000, found);
        }
    }
}
