//! What a job may use.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::ports::{Cache, Events, MediaSource, Observer, Queue, Store, Summarizer};
use crate::retry::RetryPolicy;

/// Tells the time; tests turn it by hand.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A number in `[0, 1)`, different each time; tests fix it.
pub type Chance = Arc<dyn Fn() -> f64 + Send + Sync>;

/// The ports a job calls and the rules it keeps.
#[derive(Clone)]
pub struct JobContext {
    pub store: Arc<dyn Store>,
    pub queue: Arc<dyn Queue>,
    pub events: Arc<dyn Events>,
    pub cache: Arc<dyn Cache>,
    pub media: Arc<dyn MediaSource>,
    pub summarizer: Arc<dyn Summarizer>,
    /// Takes over on the last attempt when `summarizer` does not answer.
    pub fallback: Option<Arc<dyn Summarizer>>,
    pub observer: Arc<dyn Observer>,
    /// Names this process to others, as the holder of a role.
    pub process: String,
    pub clock: Clock,
    pub chance: Chance,
    pub policy: Policy,
}

impl JobContext {
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }
}

/// The numbers a job goes by; each one is a setting.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Longest run of one attempt.
    pub timeout: Duration,
    pub retry: RetryPolicy,
    /// How long a job stays with a worker that says nothing.
    pub lease: Duration,
    /// Unfinished starts after which a job is poison.
    pub max_crashes: u32,
    /// How long a job may be due before it counts as lost.
    pub patience: Duration,
    /// Longest life of a job that does not end.
    pub max_age: Duration,
    /// How long an ended job is kept.
    pub retention: Duration,
    /// Entries of one lane that may wait in the queue.
    pub entries_per_lane: u64,
    /// The same for one owner.
    pub entries_per_client: u64,
    /// How often a live video is looked at again.
    pub live_recheck: Duration,
    /// Longest video accepted.
    pub max_video: Duration,
    /// Longest segment.
    pub segment: Duration,
    /// Largest chunk of a segment, in tokens.
    pub chunk_tokens: usize,
}
