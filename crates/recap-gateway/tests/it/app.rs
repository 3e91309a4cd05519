//! The API on a free port.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use recap_config::Config;
use recap_core::jobs::{Clock, Desk};
use recap_core::key::{ApiKey, NewKey, Scope};
use recap_core::load::Load;
use recap_core::ports::{Events as _, JobEvent, Keys as _, Pools};
use recap_core::webhook::AddressRules;
use recap_core::{Job, JobId, JobKind};
use recap_gateway::State;
use recap_testkit::fakes::{
    FakeLimits, FakeSlots, MemoryCache, MemoryEvents, MemoryQueue, MemoryStore, TestClock,
};
use recap_testkit::samples;
use serde_json::Value;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::client::{Reply, exchange, request};
use crate::probe::TestProbe;

/// What every test request is called.
const REQUEST_ID: (&str, &str) = ("x-request-id", "test-1");
const JSON: (&str, &str) = ("content-type", "application/json");

/// The id of the one job that a test looks at.
pub(crate) const JOB: &str = "job_01JGFJJZ00000000000000000A";

/// A server with fakes behind it; it stops when this is dropped.
pub(crate) struct TestGateway {
    pub(crate) address: SocketAddr,
    pub(crate) clock: TestClock,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) queue: Arc<MemoryQueue>,
    pub(crate) events: Arc<MemoryEvents>,
    pub(crate) limits: Arc<FakeLimits>,
    pub(crate) slots: Arc<FakeSlots>,
    pub(crate) load: Load,
    pub(crate) cache: MemoryCache,
    pub(crate) probe: Arc<TestProbe>,
    /// How often the metrics of others were asked for.
    pub(crate) collected: Arc<AtomicUsize>,
    pub(crate) shutdown: CancellationToken,
    pub(crate) server: JoinSet<io::Result<()>>,
}

/// What processes may have in common.
struct Kept {
    cache: MemoryCache,
    store: Arc<MemoryStore>,
    events: Arc<MemoryEvents>,
}

impl Kept {
    fn new(cache: MemoryCache) -> Self {
        let (store, events) = (MemoryStore::new(), MemoryEvents::with_capacity(4));
        Self { cache, store: Arc::new(store), events: Arc::new(events) }
    }
}

impl TestGateway {
    pub(crate) fn spawn() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(change: impl FnOnce(&mut Config)) -> Self {
        let clock = TestClock::new();
        Self::with_clock(change, clock.clone(), clock.as_clock())
    }

    /// The gateway goes by `seen`, all else by `clock`.
    pub(crate) fn with_clock(
        change: impl FnOnce(&mut Config),
        clock: TestClock,
        seen: Clock,
    ) -> Self {
        let cache = MemoryCache::new(clock.as_clock());
        Self::with_all(change, clock, seen, Kept::new(cache))
    }

    /// Another process, with a store of its own but the same cache and time.
    pub(crate) fn beside(other: &Self) -> Self {
        let clock = other.clock.clone();
        Self::with_all(|_| {}, clock.clone(), clock.as_clock(), Kept::new(other.cache.clone()))
    }

    /// Another process of the same service.
    pub(crate) fn sharing(other: &Self) -> Self {
        let clock = other.clock.clone();
        let (cache, store) = (other.cache.clone(), Arc::clone(&other.store));
        let kept = Kept { cache, store, events: Arc::clone(&other.events) };
        Self::with_all(|_| {}, clock.clone(), clock.as_clock(), kept)
    }

    fn with_all(
        change: impl FnOnce(&mut Config),
        clock: TestClock,
        seen: Clock,
        kept: Kept,
    ) -> Self {
        let Kept { cache, store, events } = kept;
        let mut config = Config::default();
        config.server.workers = 1;
        config.server.stop_seconds = 2;
        change(&mut config);
        let queue = Arc::new(MemoryQueue::new(clock.as_clock()));
        let probe = Arc::new(TestProbe::new());
        let collected = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&collected);
        let (limits, slots) = (Arc::new(FakeLimits::default()), Arc::new(FakeSlots::default()));
        let load = Load::default();
        let desk = Desk {
            store: store.clone(),
            webhooks: store.clone(),
            queue: queue.clone(),
            events: events.clone(),
            keep_jobs: config.jobs.retention(),
            keep_messages: config.webhooks.retention(),
            public_url: config.server.public_url.clone(),
        };
        let state = State {
            desk,
            keys: store.clone(),
            replies: store.clone(),
            limits: limits.clone(),
            slots: slots.clone(),
            addresses: AddressRules::new(Vec::new(), false),
            cache: Arc::new(cache.clone()),
            load: load.clone(),
            probes: vec![probe.clone()],
            collect: Arc::new(move || {
                count.fetch_add(1, Ordering::SeqCst);
                Box::pin(async {})
            }),
            pools: Arc::new(Pools::default),
            clock: seen,
        };
        let listener = TcpListener::bind((config.server.host, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = CancellationToken::new();
        let mut server = JoinSet::new();
        server.spawn(recap_gateway::serve(state, &config, listener, shutdown.clone()));
        Self {
            address,
            clock,
            store,
            queue,
            events,
            limits,
            slots,
            load,
            cache,
            probe,
            collected,
            shutdown,
            server,
        }
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Reply {
        let headers = [&[REQUEST_ID], headers].concat();
        let reply = exchange(self.address, &request(method, path, &headers, body)).await;
        crate::spec::check_is_documented(method, path, &reply);
        reply
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &[], b"").await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        self.post_text(path, &body.to_string()).await
    }

    pub(crate) async fn post_text(&self, path: &str, body: &str) -> Reply {
        self.send("POST", path, &[JSON], body.as_bytes()).await
    }

    /// Sends a request with what proves a key.
    pub(crate) async fn send_as(&self, key: &str, method: &str, path: &str) -> Reply {
        let (name, value) = bearer(key);
        self.send(method, path, &[(name, value.as_str())], b"").await
    }

    /// A key that may do this, once callers have to say who they are.
    pub(crate) async fn key(&self, scopes: &[Scope], change: impl FnOnce(&mut ApiKey)) -> NewKey {
        let mut made = samples::api_key();
        made.key.scopes = scopes.to_vec();
        change(&mut made.key);
        self.store.put_key(&made.key).await.unwrap();
        self.keys_change().await;
        made
    }

    /// Tells the server that keys have changed, and waits until it has heard it.
    pub(crate) async fn keys_change(&self) {
        self.events.publish(JobEvent::KeysChanged).await;
        while self.get("/v1/limits").await.status != 401 {
            tokio::task::yield_now().await;
        }
    }

    /// Keeps a job under [`JOB`].
    pub(crate) fn keep(&self, mut job: Job) -> Job {
        job.id = JOB.parse().unwrap();
        self.store.put(job.clone());
        job
    }

    /// Keeps a job that ended well under [`JOB`], with its transcript.
    pub(crate) fn keep_succeeded(&self, kind: JobKind) -> Job {
        let job = self.keep(samples::succeeded(kind));
        let length = std::time::Duration::from_secs(15);
        self.store.put_transcript_of(job.id, samples::transcript(length));
        job
    }
}

impl Drop for TestGateway {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

/// The id in a body that is a job.
pub(crate) fn id_of(job: &Value) -> JobId {
    job["id"].as_str().unwrap().parse().unwrap()
}

/// What proves a key, as it is sent.
pub(crate) fn bearer(text: &str) -> (&'static str, String) {
    ("authorization", format!("Bearer {text}"))
}
