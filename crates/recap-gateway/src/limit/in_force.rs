//! Limits that can be changed while the process runs.

use std::sync::{PoisonError, RwLock};

use recap_config::LimitsConfig;
use recap_core::ports::LimitChanges;
use tracing::info;

/// The settings, and what the operator has made of them since.
pub(crate) struct InForce {
    settings: LimitsConfig,
    now: RwLock<LimitsConfig>,
}

impl InForce {
    pub(crate) fn new(settings: &LimitsConfig) -> Self {
        Self { settings: settings.clone(), now: RwLock::new(settings.clone()) }
    }

    /// As they are now.
    pub(crate) fn get(&self) -> LimitsConfig {
        self.now.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// As the store has them.
    pub(crate) fn set(&self, changes: LimitChanges) {
        let limits = self.with(changes);
        let mut now = self.now.write().unwrap_or_else(PoisonError::into_inner);
        if *now != limits {
            info!(?limits, "limits have changed");
            *now = limits;
        }
    }

    /// `changes` over the settings.
    pub(crate) fn with(&self, changes: LimitChanges) -> LimitsConfig {
        let LimitChanges {
            fetches,
            summarizations,
            open_jobs,
            open_jobs_per_client,
            global_submits_per_minute,
            submits_per_minute,
            reads_per_minute,
            lists_per_minute,
            changes_per_minute,
        } = changes;
        let settings = &self.settings;
        LimitsConfig {
            fetches: fetches.unwrap_or(settings.fetches),
            summarizations: summarizations.unwrap_or(settings.summarizations),
            open_jobs: open_jobs.unwrap_or(settings.open_jobs),
            open_jobs_per_client: open_jobs_per_client.unwrap_or(settings.open_jobs_per_client),
            global_submits_per_minute: global_submits_per_minute
                .unwrap_or(settings.global_submits_per_minute),
            submits_per_minute: submits_per_minute.unwrap_or(settings.submits_per_minute),
            reads_per_minute: reads_per_minute.unwrap_or(settings.reads_per_minute),
            lists_per_minute: lists_per_minute.unwrap_or(settings.lists_per_minute),
            changes_per_minute: changes_per_minute.unwrap_or(settings.changes_per_minute),
            ..settings.clone()
        }
    }
}
