//! What was answered to requests that may be sent again: `Idempotency-Key`.

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::job::JobId;
use crate::ports::StoreError;

/// A request under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplyClaim {
    /// Digest of owner, path and the client's key.
    pub key: String,
    /// Digest of the request's body.
    pub fingerprint: String,
    /// The job that the request makes. Whoever takes over from a process that
    /// died makes the same one.
    pub job: JobId,
    pub now: Timestamp,
    /// Until then the request counts as in flight.
    pub locked_until: Timestamp,
    /// When the key is forgotten.
    pub expires_at: Timestamp,
}

/// An answer, to be given again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredReply {
    pub status: u16,
    pub location: Option<String>,
    pub body: String,
}

impl StoredReply {
    /// What is left of an answer about a job that was deleted.
    pub const fn gone() -> Self {
        Self { status: 404, location: None, body: String::new() }
    }

    /// Whether the job that it was about has been deleted.
    pub fn is_gone(&self) -> bool {
        self.status == 404
    }
}

/// What is known of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplyState {
    /// Nothing, or another process died over it: the request is ours, and makes
    /// this job.
    Ours { job: JobId },
    /// It is being worked on.
    InFlight,
    /// It was used for another body.
    Mismatch,
    /// It was answered with this.
    Done(StoredReply),
}

/// Keeps answers for a day. Implementations must pass
/// `recap_testkit::conformance::replies`.
#[async_trait]
pub trait Replies: Send + Sync {
    /// Takes the key for a request. One whose `expires_at` has come counts as
    /// unknown.
    async fn claim_reply(&self, claim: &ReplyClaim) -> Result<ReplyState, StoreError>;

    /// Keeps the answer. Does nothing if the key is held by another job.
    async fn put_reply(&self, key: &str, job: JobId, reply: &StoredReply)
    -> Result<(), StoreError>;

    /// Forgets a key that led to no answer worth keeping.
    async fn drop_reply(&self, key: &str, job: JobId) -> Result<(), StoreError>;

    /// Wipes what was answered about `job`, which is deleted: it becomes
    /// [`StoredReply::gone`], and its key stays taken.
    async fn wipe_reply(&self, job: JobId) -> Result<(), StoreError>;

    /// Removes what has expired. Returns how many.
    async fn forget_replies(&self, now: Timestamp, limit: usize) -> Result<u64, StoreError>;
}
