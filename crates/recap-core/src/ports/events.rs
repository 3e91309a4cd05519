//! News about jobs, for those who wait.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;

use crate::job::{JobId, Status};

/// Something happened to a job. A hint, not the truth: whoever needs more
/// reads the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum JobEvent {
    /// The document changed.
    Changed { job: JobId, status: Status },
    /// Someone wants a running job to stop.
    CancelRequested { job: JobId },
    /// The operator wants something else of the workers; the store knows what.
    ControlChanged,
}

/// Tells everyone who listens, in this process and in others.
///
/// Delivery is best effort: a listener that is too slow loses events (and is
/// told so), and one that listens late has missed them. So subscribe first,
/// then read the store.
#[async_trait]
pub trait Events: Send + Sync {
    /// Never fails: news that nobody hears is not an error.
    async fn publish(&self, event: JobEvent);

    /// All events from now on.
    fn subscribe(&self) -> broadcast::Receiver<JobEvent>;
}
