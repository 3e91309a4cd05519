//! Limits as those who run recap see and change them.

use recap_config::LimitsConfig;
use recap_core::ports::LimitChanges;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How much may happen at once, and how often, in all processes, whatever their
/// settings say; `null`, or left out, is as they say. A rate of 0 is no limit.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LimitChanges, example = json!({"fetches": 2, "submits_per_minute": 30}))]
pub(crate) struct SetLimits {
    /// Videos being fetched at once, by all workers that share a Redis together.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 64)]
    fetches: Option<usize>,
    /// Calls that summarise at once, likewise.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 64)]
    summarizations: Option<usize>,
    /// Jobs waiting or running before a submit is refused.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1_000_000)]
    open_jobs: Option<u64>,
    /// Jobs of one client waiting or running before its submits are refused.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1_000_000)]
    open_jobs_per_client: Option<u64>,
    /// Submits a minute of all clients together.
    #[serde(default)]
    #[schema(maximum = 60_000_000)]
    global_submits_per_minute: Option<u32>,
    /// Submits a minute of one client, unless its key has its own number.
    #[serde(default)]
    #[schema(maximum = 60_000_000)]
    submits_per_minute: Option<u32>,
    /// Looks at a job, or at what it made, a minute of one client.
    #[serde(default)]
    #[schema(maximum = 60_000_000)]
    reads_per_minute: Option<u32>,
    /// Lists a minute of one client.
    #[serde(default)]
    #[schema(maximum = 60_000_000)]
    lists_per_minute: Option<u32>,
    /// Small changes a minute of one client.
    #[serde(default)]
    #[schema(maximum = 60_000_000)]
    changes_per_minute: Option<u32>,
}

impl From<SetLimits> for LimitChanges {
    fn from(it: SetLimits) -> Self {
        Self {
            fetches: it.fetches,
            summarizations: it.summarizations,
            open_jobs: it.open_jobs,
            open_jobs_per_client: it.open_jobs_per_client,
            global_submits_per_minute: it.global_submits_per_minute,
            submits_per_minute: it.submits_per_minute,
            reads_per_minute: it.reads_per_minute,
            lists_per_minute: it.lists_per_minute,
            changes_per_minute: it.changes_per_minute,
        }
    }
}

/// Which limits there are.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChangedLimits {
    /// What was changed while running.
    #[schema(value_type = SetLimits)]
    pub(crate) changed: LimitChanges,
    /// What that makes of the settings of this process.
    pub(crate) in_force: LimitsConfig,
}
