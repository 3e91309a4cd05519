//! The jobs: a closed list of payloads, each an id, and what they do.
//!
//! Steps do, runs decide: a step calls ports and returns a value or a
//! [`JobError`]; only the [`Runner`] changes a status or pushes.

mod batch;
mod context;
mod deliver;
mod desk;
mod error;
mod insist;
mod ladder;
mod reconcile;
mod resume;
mod reuse;
mod run;
mod runner;
mod steps;
mod summarize;
mod time;
mod transcribe;

use serde::{Deserialize, Serialize};

use crate::job::{JobId, JobKind};
use crate::webhook::DeliveryId;

pub use context::{Chance, Clock, JobContext, Policy, WebhookPolicy};
pub use desk::{Desk, Lost, Recovery};
pub use error::JobError;
pub use reconcile::Reconciler;
pub use reuse::{announce, finished_from, recipe_key, summary_key};
pub use runner::Runner;

/// All that travels through a queue: which job or message to look at. Fields are
/// only ever added, with a default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum JobPayload {
    Summarize { job: JobId },
    Transcribe { job: JobId },
    Batch { job: JobId },
    Deliver { delivery: DeliveryId },
}

impl JobPayload {
    pub fn new(kind: JobKind, job: JobId) -> Self {
        match kind {
            JobKind::Summary => Self::Summarize { job },
            JobKind::Transcript => Self::Transcribe { job },
            JobKind::Batch => Self::Batch { job },
        }
    }

    /// The name of what it points at, which no other payload has.
    pub fn subject(self) -> String {
        match self {
            Self::Summarize { job } | Self::Transcribe { job } | Self::Batch { job } => {
                job.to_string()
            }
            Self::Deliver { delivery } => delivery.to_string(),
        }
    }

    /// The job, if it points at one.
    pub fn job(self) -> Option<JobId> {
        match self {
            Self::Summarize { job } | Self::Transcribe { job } | Self::Batch { job } => Some(job),
            Self::Deliver { .. } => None,
        }
    }
}
