//! Moves job ids from those who submit to those who work.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::job::{Job, Lane, Region};
use crate::jobs::JobPayload;
use crate::ports::{BoxError, Link};
use crate::webhook::DeliveryId;

/// A pointer to a job that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub payload: JobPayload,
    pub lane: Lane,
    /// How often the job has been claimed, or the message written. While an entry with the same payload
    /// and turn is in the queue or in somebody's hands, pushing it again may do
    /// nothing; one with a later turn is another entry.
    pub turn: u64,
}

impl Entry {
    pub fn new(job: &Job, turn: u64) -> Self {
        let payload = JobPayload::new(job.kind, job.id);
        Self { payload, lane: job.input.lane(), turn }
    }

    /// A message, which any worker may send. `revision` is what the store counts.
    pub fn delivery(delivery: DeliveryId, revision: u64) -> Self {
        let payload = JobPayload::Deliver { delivery };
        Self { payload, lane: Lane::default(), turn: revision }
    }
}

/// What one worker takes from the queue, and until when.
#[derive(Clone, Debug)]
pub struct Pull {
    /// Entries in hand at once.
    pub concurrency: usize,
    /// Takes what is pinned to one of these, and what is pinned to none.
    pub regions: Vec<Region>,
    /// Takes nothing while it is `true`; what is in hand goes on.
    pub paused: watch::Receiver<bool>,
    /// Once it fires, no more is taken.
    pub stop: CancellationToken,
}

/// A queue of pointers. An entry may be lost or delivered twice: the document
/// is the truth, and the reconciler pushes again what is due.
///
/// Interactive entries are taken before bulk ones, but not always: of entries
/// of both kinds that wait, `queue.interactive_weight` interactive ones are
/// taken for each bulk one, so that neither starves.
///
/// Within a lane what was begun before (a later turn, pushed without delay) goes
/// first: whoever lost a worker does not wait behind those who never had one.
///
/// Implementations must pass `recap_testkit::conformance::queue`.
#[async_trait]
pub trait Queue: Send + Sync {
    /// Hands `entries` to workers, not before `delay` is over. Delays are kept
    /// to the second. One that is pushed again without a delay is due at once,
    /// even if it waits for an earlier one. All of them, or an error.
    async fn push(&self, entries: &[Entry], delay: Duration) -> Result<(), QueueError>;

    /// Gives entries to `handler` until `pull.stop` fires, and returns when
    /// those in hand are done. Entries are acknowledged when the handler
    /// returns. Outlives any absence of what carries the queue.
    async fn run(&self, pull: Pull, handler: Arc<dyn Handler>) -> Result<(), QueueError>;

    /// Removes what finished entries and dead workers left behind, and all but
    /// one of the entries that are due for the same payload.
    async fn clean(&self) -> Result<(), QueueError>;

    /// Whether the queue answers.
    async fn check(&self) -> Result<(), QueueError>;

    /// The way to the server that carries it, if there is one. Asks nobody.
    fn link(&self) -> Option<Link> {
        None
    }
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
