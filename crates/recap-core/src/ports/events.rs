//! News about jobs, for those who wait.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;

use crate::job::{JobId, Status};

/// Something happened to a job. A hint, not the truth: whoever needs more
/// reads the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum JobEvent {
    /// The document changed.
    Changed { job: JobId, status: Status },
    /// Someone wants a running job to stop.
    CancelRequested { job: JobId },
    /// More text of a running job, as the summariser writes it: of a segment, or
    /// of the whole. Comes again, from the start, if a call is repeated. Of at most
    /// [`JobEvent::MAX_TEXT`] bytes: whoever publishes more does so in pieces. The
    /// first to be lost when there is too much news.
    Text { job: JobId, segment: Option<u32>, text: String },
    /// The operator wants something else of the processes; the store knows what.
    ControlChanged,
    /// Keys were made or revoked.
    KeysChanged,
    /// Events may have been lost on the way; whoever waits looks for itself.
    Missed,
}

impl JobEvent {
    /// Longest text of one event, in bytes.
    pub const MAX_TEXT: usize = 4096;
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
