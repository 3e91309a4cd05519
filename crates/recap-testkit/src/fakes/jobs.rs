//! A whole context of fakes to run jobs in.

use std::sync::Arc;
use std::time::Duration;

use recap_core::job::{JobInput, Owner};
use recap_core::jobs::{JobContext, Policy, Reconciler, Runner, WebhookPolicy};
use recap_core::load::Load;
use recap_core::ports::{Entry, Queue, Store, Unobserved};
use recap_core::retry::RetryPolicy;
use recap_core::webhook::Schedule;
use recap_core::{Job, JobId, JobKind};
use tokio_util::sync::CancellationToken;

use super::{
    MemoryCache, MemoryEvents, MemoryQueue, MemoryStore, ScriptedMedia, ScriptedNotifier,
    ScriptedSummarizer, TestClock,
};
use crate::samples;

/// Fakes of every port, and the context made of them.
pub struct TestJobs {
    pub clock: TestClock,
    pub store: Arc<MemoryStore>,
    pub queue: Arc<MemoryQueue>,
    pub events: Arc<MemoryEvents>,
    pub cache: Arc<MemoryCache>,
    pub media: Arc<ScriptedMedia>,
    pub summarizer: Arc<ScriptedSummarizer>,
    /// Takes over on the last attempt, unless [`TestJobs::with`] removes it.
    pub fallback: Arc<ScriptedSummarizer>,
    pub notifier: Arc<ScriptedNotifier>,
    pub cx: Arc<JobContext>,
    /// Cancel it and the runner hands its job back.
    pub stopping: CancellationToken,
}

impl TestJobs {
    /// With a fallback summariser, and chance fixed at one half.
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    /// With these ways to YouTube.
    pub fn with_routes(names: &[&str]) -> Self {
        let media = Arc::new(ScriptedMedia::with_routes(names));
        let jobs = Self::with(|cx| cx.media = media.clone());
        Self { media, ..jobs }
    }

    /// `change` adjusts the context before anything runs.
    pub fn with(change: impl FnOnce(&mut JobContext)) -> Self {
        let clock = TestClock::new();
        let store = Arc::new(MemoryStore::new());
        let queue = Arc::new(MemoryQueue::new(clock.as_clock()));
        let events = Arc::new(MemoryEvents::new());
        let cache = Arc::new(MemoryCache::new(clock.as_clock()));
        let media = Arc::new(ScriptedMedia::new());
        let summarizer = Arc::new(ScriptedSummarizer::new());
        let fallback = Arc::new(ScriptedSummarizer::new());
        let notifier = Arc::new(ScriptedNotifier::new());
        let mut cx = JobContext {
            store: store.clone(),
            webhooks: store.clone(),
            keys: store.clone(),
            replies: store.clone(),
            queue: queue.clone(),
            events: events.clone(),
            cache: cache.clone(),
            media: media.clone(),
            summarizer: summarizer.clone(),
            fallback: Some(fallback.clone()),
            notifier: notifier.clone(),
            observer: Arc::new(Unobserved),
            advanced: Arc::default(),
            load: Load::default(),
            process: "this one".to_owned(),
            clock: clock.as_clock(),
            chance: Arc::new(|| 0.5),
            policy: policy(),
        };
        change(&mut cx);
        let (cx, stopping) = (Arc::new(cx), CancellationToken::new());
        Self {
            clock,
            store,
            queue,
            events,
            cache,
            media,
            summarizer,
            fallback,
            notifier,
            cx,
            stopping,
        }
    }

    /// Stores and queues a job, as the gateway does.
    pub async fn submit(&self, kind: JobKind) -> JobId {
        self.submit_of(Owner::default(), kind, samples::input()).await
    }

    /// The same for some owner's own wishes.
    pub async fn submit_of(&self, owner: Owner, kind: JobKind, input: JobInput) -> JobId {
        let job = self.new_job(owner, kind, input);
        self.store.insert(&job, false).await.expect("the store answers");
        let pushed = self.queue.push(&[Entry::new(&job, 0)], Duration::ZERO).await;
        pushed.expect("the queue answers");
        job.id
    }

    /// Stores a job for which there is no room in the queue.
    pub async fn park(&self, owner: Owner, input: JobInput) -> JobId {
        let job = self.new_job(owner, JobKind::Summary, input);
        self.store.insert(&job, true).await.expect("the store answers");
        job.id
    }

    fn new_job(&self, owner: Owner, kind: JobKind, input: JobInput) -> Job {
        let now = self.clock.now();
        Job::new(owner, kind, input, now, now + self.cx.policy.max_age)
    }

    /// The runner of this context.
    pub fn runner(&self) -> Runner {
        Runner::new(Arc::clone(&self.cx), self.stopping.clone())
    }

    /// Runs every job that is due now, and sends every message. Returns how many
    /// entries there were.
    pub async fn drain(&self) -> usize {
        let runner = self.runner();
        let mut entries = 0;
        loop {
            let more = self.queue.drain(&runner).await;
            // Messages are sent beside the jobs, and may lead to others.
            runner.settled().await;
            if more == 0 {
                return entries;
            }
            entries += more;
        }
    }

    /// Turns the clock, then runs every job that is due.
    pub async fn after(&self, time: Duration) -> usize {
        self.clock.advance(time);
        self.drain().await
    }

    /// One pass of the reconciler.
    pub async fn reconcile(&self) {
        Reconciler::new(Arc::clone(&self.cx)).pass().await.expect("the store answers");
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
        outage: Duration::ZERO,
        max_age: Duration::from_hours(48),
        retention: Duration::from_hours(72),
        entries_per_lane: 1000,
        entries_per_client: 25,
        refusal: Duration::from_hours(6),
        no_captions: Duration::from_hours(1),
        live_recheck: Duration::from_mins(30),
        max_video: Duration::from_hours(12),
        segment: Duration::from_mins(10),
        chunk_tokens: 1000,
        webhooks: webhook_policy(),
    }
}

fn webhook_policy() -> WebhookPolicy {
    let waits = [5, 300, 1800, 7200, 18_000, 36_000, 36_000];
    WebhookPolicy {
        schedule: Schedule { waits: waits.map(Duration::from_secs).to_vec() },
        lease: Duration::from_mins(1),
        retention: Duration::from_hours(30 * 24),
        disable_after: Duration::from_hours(5 * 24),
        progress_every: Duration::from_secs(10),
        public_url: String::new(),
        secret: Some(samples::webhook_secret()),
    }
}
