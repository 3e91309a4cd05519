//! A whole context of fakes to run jobs in.

use std::sync::Arc;
use std::time::Duration;

use recap_core::jobs::{JobContext, JobPayload, Policy, Runner, reconcile};
use recap_core::ports::{Queue, Store};
use recap_core::retry::RetryPolicy;
use recap_core::{Job, JobId, JobKind};
use tokio_util::sync::CancellationToken;

use super::{MemoryEvents, MemoryQueue, MemoryStore, ScriptedMedia, ScriptedSummarizer, TestClock};
use crate::samples;

/// Fakes of every port, and the context made of them.
pub struct TestJobs {
    pub clock: TestClock,
    pub store: Arc<MemoryStore>,
    pub queue: Arc<MemoryQueue>,
    pub events: Arc<MemoryEvents>,
    pub media: Arc<ScriptedMedia>,
    pub summarizer: Arc<ScriptedSummarizer>,
    /// Takes over on the last attempt, unless [`TestJobs::with`] removes it.
    pub fallback: Arc<ScriptedSummarizer>,
    pub cx: Arc<JobContext>,
    /// Cancel it and the runner hands its job back.
    pub stopping: CancellationToken,
}

impl TestJobs {
    /// With a fallback summariser, and chance fixed at one half.
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    /// `change` adjusts the context before anything runs.
    pub fn with(change: impl FnOnce(&mut JobContext)) -> Self {
        let clock = TestClock::new();
        let store = Arc::new(MemoryStore::new());
        let queue = Arc::new(MemoryQueue::new(clock.as_clock()));
        let events = Arc::new(MemoryEvents::new());
        let media = Arc::new(ScriptedMedia::new());
        let summarizer = Arc::new(ScriptedSummarizer::new());
        let fallback = Arc::new(ScriptedSummarizer::new());
        let mut cx = JobContext {
            store: store.clone(),
            queue: queue.clone(),
            events: events.clone(),
            media: media.clone(),
            summarizer: summarizer.clone(),
            fallback: Some(fallback.clone()),
            clock: clock.as_clock(),
            chance: Arc::new(|| 0.5),
            policy: policy(),
        };
        change(&mut cx);
        let (cx, stopping) = (Arc::new(cx), CancellationToken::new());
        Self { clock, store, queue, events, media, summarizer, fallback, cx, stopping }
    }

    /// Stores and queues a job, as the gateway does.
    pub async fn submit(&self, kind: JobKind) -> JobId {
        let now = self.clock.now();
        let job = Job::new(kind, samples::input(), now, now + self.cx.policy.max_age);
        self.store.insert(&job).await.expect("the store answers");
        let payload = JobPayload::new(kind, job.id);
        let pushed = self.queue.push(payload, job.input.priority, Duration::ZERO).await;
        pushed.expect("the queue answers");
        job.id
    }

    /// The runner of this context.
    pub fn runner(&self) -> Runner {
        Runner::new(Arc::clone(&self.cx), self.stopping.clone())
    }

    /// Runs every job that is due now. Returns how many entries there were.
    pub async fn drain(&self) -> usize {
        self.queue.drain(&self.runner()).await
    }

    /// Turns the clock, then runs every job that is due.
    pub async fn after(&self, time: Duration) -> usize {
        self.clock.advance(time);
        self.drain().await
    }

    /// One pass of the reconciler.
    pub async fn reconcile(&self) {
        reconcile::pass(&self.cx).await.expect("the store answers");
    }

    /// The job as it is now.
    pub fn job(&self, id: JobId) -> Job {
        self.store.job(id).expect("a known job")
    }
}

impl Default for TestJobs {
    fn default() -> Self {
        Self::new()
    }
}

/// The defaults of the settings, near enough.
fn policy() -> Policy {
    Policy {
        timeout: Duration::from_hours(1),
        retry: RetryPolicy {
            max_attempts: 4,
            base: Duration::from_secs(15),
            cap: Duration::from_mins(15),
        },
        lease: Duration::from_mins(1),
        max_crashes: 3,
        patience: Duration::from_mins(1),
        max_age: Duration::from_hours(48),
        retention: Duration::from_hours(72),
        live_recheck: Duration::from_mins(30),
        max_video: Duration::from_hours(12),
        segment: Duration::from_mins(10),
        chunk_tokens: 1000,
    }
}
