//! How jobs are worked on.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::check::{between, regions};
use crate::error::Problem;

/// How jobs are worked on: `[worker]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WorkerConfig {
    /// Jobs in hand at once.
    pub concurrency: usize,
    /// How long a job stays with a worker that says nothing, in seconds.
    pub lease_seconds: u64,
    /// How often lost, due and expired jobs are looked for, in seconds.
    pub reconcile_seconds: u64,
    /// How long a job may be due before it counts as lost, in seconds.
    pub patience_seconds: u64,
    /// How long jobs in hand may take to be handed back at a stop, in seconds;
    /// at most 23, as a process is to be gone within 25.
    pub stop_seconds: u64,
    /// Jobs after which the process ends in order, once its hands are empty, for
    /// its supervisor to start the next; 0 is never.
    pub max_jobs: u64,
    /// Up to so many more or fewer of them, so that not all processes end at
    /// once.
    pub max_jobs_jitter: u64,
    /// Regions whose pinned jobs are taken, beside those pinned to none.
    pub regions: Vec<String>,
}

impl Default for WorkerConfig {
    fn default() -> Self {
        Self {
            concurrency: 2,
            lease_seconds: 20,
            reconcile_seconds: 5,
            patience_seconds: 30,
            stop_seconds: 20,
            max_jobs: 0,
            max_jobs_jitter: 10,
            regions: Vec::new(),
        }
    }
}

impl WorkerConfig {
    pub fn lease(&self) -> Duration {
        Duration::from_secs(self.lease_seconds)
    }

    pub fn reconcile_interval(&self) -> Duration {
        Duration::from_secs(self.reconcile_seconds)
    }

    pub fn patience(&self) -> Duration {
        Duration::from_secs(self.patience_seconds)
    }

    pub fn stop_timeout(&self) -> Duration {
        Duration::from_secs(self.stop_seconds)
    }

    pub(crate) fn check(&self, found: &mut Vec<Problem>) {
        between("worker.concurrency", self.concurrency, 1, 64, found);
        between("worker.lease_seconds", self.lease_seconds, 4, 600, found);
        between("worker.reconcile_seconds", self.reconcile_seconds, 1, 300, found);
        between("worker.patience_seconds", self.patience_seconds, 1, 3600, found);
        between("worker.stop_seconds", self.stop_seconds, 1, 23, found);
        between("worker.max_jobs", self.max_jobs, 0, 1_000_000, found);
        between("worker.max_jobs_jitter", self.max_jobs_jitter, 0, 1000, found);
        regions("worker.regions", &self.regions, found);
    }
}
