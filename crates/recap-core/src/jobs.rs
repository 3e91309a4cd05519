//! The jobs: a closed list of payloads, each an id, and what they do.
//!
//! Steps do, runs decide: a step calls ports and returns a value or a
//! [`JobError`]; only the [`Runner`] changes a status or pushes.

mod captions;
mod context;
mod error;

mod reconcile;
mod reuse;
mod run;
mod runner;
mod steps;
mod summarize;
mod transcribe;

use serde::{Deserialize, Serialize};

use crate::job::{JobId, JobKind};

pub use context::{Chance, Clock, JobContext, Policy};
pub use error::JobError;
pub use reconcile::Reconciler;
pub use runner::Runner;

/// All that travels through a queue: which job to look at. Fields are only
/// ever added, with a default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum JobPayload {
    Summarize { job: JobId },
    Transcribe { job: JobId },
}

impl JobPayload {
    pub fn new(kind: JobKind, job: JobId) -> Self {
        match kind {
            JobKind::Summary => Self::Summarize { job },
            JobKind::Transcript => Self::Transcribe { job },
        }
    }

    pub fn job(self) -> JobId {
        match self {
            Self::Summarize { job } | Self::Transcribe { job } => job,
        }
    }
}
