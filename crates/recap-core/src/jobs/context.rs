//! What a job may use.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use jiff::Timestamp;

use super::desk::Desk;
use crate::load::Load;
use crate::ports::{
    Cache, Events, Keys, MediaSource, Notifier, Observer, Queue, Replies, Store, Summarizer,
    Webhooks,
};
use crate::retry::RetryPolicy;
use crate::webhook::{Schedule, WebhookSecret};

/// Tells the time; tests turn it by hand.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A number in `[0, 1)`, different each time; tests fix it.
pub type Chance = Arc<dyn Fn() -> f64 + Send + Sync>;

/// The ports a job calls and the rules it keeps.
#[derive(Clone)]
pub struct JobContext {
    pub store: Arc<dyn Store>,
    pub webhooks: Arc<dyn Webhooks>,
    pub keys: Arc<dyn Keys>,
    pub replies: Arc<dyn Replies>,
    pub queue: Arc<dyn Queue>,
    pub events: Arc<dyn Events>,
    pub cache: Arc<dyn Cache>,
    pub media: Arc<dyn MediaSource>,
    pub summarizer: Arc<dyn Summarizer>,
    /// Takes over on the last attempt when `summarizer` does not answer.
    pub fallback: Option<Arc<dyn Summarizer>>,
    pub notifier: Arc<dyn Notifier>,
    pub observer: Arc<dyn Observer>,
    /// Summaries are thought about longer; may be switched while jobs run.
    pub advanced: Arc<AtomicBool>,
    /// What is left off while memory is short.
    pub load: Load,
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

    /// What ends and tells, as in a gateway.
    pub fn desk(&self) -> Desk {
        Desk {
            store: Arc::clone(&self.store),
            webhooks: Arc::clone(&self.webhooks),
            queue: Arc::clone(&self.queue),
            events: Arc::clone(&self.events),
            keep_jobs: self.policy.retention,
            keep_messages: self.policy.webhooks.retention,
            public_url: self.policy.webhooks.public_url.clone(),
        }
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
    /// How long a running job waits for a store that is away.
    pub outage: Duration,
    /// Longest life of a job that does not end.
    pub max_age: Duration,
    /// How long an ended job is kept.
    pub retention: Duration,
    /// Entries of one lane that may wait in the queue.
    pub entries_per_lane: u64,
    /// The same for one owner.
    pub entries_per_client: u64,
    /// How long it is remembered that a video cannot be read,
    pub refusal: Duration,
    /// and that it has no captions, which may still be made.
    pub no_captions: Duration,
    /// How often a live video is looked at again.
    pub live_recheck: Duration,
    /// Longest video accepted.
    pub max_video: Duration,
    /// Longest segment.
    pub segment: Duration,
    /// Largest chunk of a segment, in tokens.
    pub chunk_tokens: usize,
    pub webhooks: WebhookPolicy,
}

/// The numbers that messages go by; each one is a setting.
#[derive(Clone, Debug)]
pub struct WebhookPolicy {
    pub schedule: Schedule,
    /// How long a message is left to its sender: longer than any attempt takes.
    pub lease: Duration,
    /// How long a message and its attempts are kept.
    pub retention: Duration,
    /// An endpoint whose attempts have all failed for so long is disabled.
    pub disable_after: Duration,
    /// Shortest time between two messages about the progress of one job.
    pub progress_every: Duration,
    /// Goes before the paths in messages; empty if nobody said where we are.
    pub public_url: String,
    /// Signs webhooks of jobs whose caller has no key.
    pub secret: Option<WebhookSecret>,
}
