//! Moves job ids from those who submit to those who work.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use crate::job::Priority;
use crate::jobs::JobPayload;
use crate::ports::BoxError;

/// A queue of pointers. An entry may be lost or delivered twice: the document
/// is the truth, and the reconciler pushes again what is due.
///
/// Implementations must pass `recap_testkit::conformance::queue`.
#[async_trait]
pub trait Queue: Send + Sync {
    /// Hands `payload` to some worker, not before `delay` is over. Delays are
    /// kept to the second.
    async fn push(
        &self,
        payload: JobPayload,
        priority: Priority,
        delay: Duration,
    ) -> Result<(), QueueError>;

    /// Gives entries to `handler`, at most `concurrency` at once, until
    /// `shutdown` fires; then takes no more and returns when those in hand are
    /// done. Entries are acknowledged when the handler returns.
    async fn run(
        &self,
        concurrency: usize,
        handler: Arc<dyn Handler>,
        shutdown: CancellationToken,
    ) -> Result<(), QueueError>;

    /// Removes what finished entries left behind, and all but one of the entries
    /// that are due for the same payload: the reconciler pushes a job that
    /// waits for long again and again.
    async fn clean(&self) -> Result<(), QueueError>;
}

/// What a worker does with an entry. Infallible on purpose: retries are ours,
/// so a queue never sees an error.
#[async_trait]
pub trait Handler: Send + Sync {
    async fn handle(&self, payload: JobPayload);
}

/// The queue could not answer. Always worth retrying; what was submitted is in
/// the store and will be pushed by the reconciler.
#[derive(Debug, thiserror::Error)]
#[error("the queue did not answer")]
pub struct QueueError(#[source] pub BoxError);
