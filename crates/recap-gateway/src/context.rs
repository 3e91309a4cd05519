//! What a handler may use.

use std::future::Future;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use actix_web::web::Bytes;
use futures::future::BoxFuture;
use jiff::Timestamp;
use recap_config::Config;
use recap_core::jobs::{Clock, Desk};
use recap_core::load::Load;
use recap_core::ports::{
    BreakerUse, Cache, Events, Keys, Limits, Pools, Probe, Queue, Replies, Report, Slots, Store,
    StoreError, Webhooks,
};
use recap_core::webhook::AddressRules;
use recap_core::{ErrorCode, JobId, Moment};
use recap_telemetry::metrics;
use tokio::sync::Notify;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::access::{Callers, Who};
use crate::body::CommonBounds;
use crate::capacity::Capacity;
use crate::copies::{Copies, Found};
use crate::docs::Docs;
use crate::error::{ApiError, ApiResult};
use crate::flags::Flags;
use crate::frame::Manners;
use crate::lanes::Lanes;
use crate::limit::{InForce, Limiter};
use crate::news::News;
use crate::reach::{Questions, Reach};
use crate::seats::Seats;

/// How long the store may take over a read, of which there may be a copy.
const READ: Duration = Duration::from_secs(2);

/// How long it may take over a write, of which there is not.
const WRITE: Duration = Duration::from_secs(5);

/// How long an answer is good for that anybody may ask for, and others have to be asked
/// for.
const FRESH: Duration = Duration::from_secs(1);

/// Brings the metrics of other parts of the process up to date.
pub type Collect = Arc<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>;

/// Says how much is in use of what the process has a limited number of.
pub type Look = Arc<dyn Fn() -> Pools + Send + Sync>;

/// The ports the API calls, and its clock.
#[derive(Clone)]
pub struct State {
    /// What gateways and workers do alike, and its ports: store, queue, events and
    /// webhooks.
    pub desk: Desk,
    pub keys: Arc<dyn Keys>,
    pub replies: Arc<dyn Replies>,
    pub limits: Arc<dyn Limits>,
    /// Told how many there are, for those who look at what is in use; never taken here.
    pub slots: Arc<dyn Slots>,
    pub cache: Arc<dyn Cache>,
    /// What is left off while memory is short.
    pub load: Load,
    /// Where messages may go.
    pub addresses: AddressRules,
    /// Asked by `/health/ready`.
    pub probes: Vec<Arc<dyn Probe>>,
    /// Called before `/metrics` is answered.
    pub collect: Collect,
    /// Called to answer `/health/pools`.
    pub pools: Look,
    pub clock: Clock,
}

/// The ports and the rules, shared by all threads of one server.
pub(crate) struct Context {
    pub(crate) state: State,
    pub(crate) rules: Rules,
    /// Who calls.
    pub(crate) callers: Callers,
    /// How often they may, and how much at once, as it is now.
    pub(crate) limits: Arc<InForce>,
    /// Goes by that.
    pub(crate) limiter: Limiter,
    /// What every answer tells a browser.
    pub(crate) manners: Manners,
    /// How much they may do at once, as far as it never changes.
    pub(crate) bounds: CommonBounds,
    /// Regions that jobs may be pinned to.
    pub(crate) regions: Vec<String>,
    /// What is switched on.
    pub(crate) flags: Flags,
    /// The operator may have changed something.
    pub(crate) control_changed: Notify,
    pub(crate) capacity: Capacity,
    pub(crate) lanes: Lanes,
    pub(crate) copies: Copies,
    /// Whether the queue is worth asking.
    pub(crate) queue_reach: Reach,
    questions: Questions,
    /// Who watches which job.
    pub(crate) news: News,
    /// One seat for each request that waits for a job.
    pub(crate) waiters: Seats,
    /// One seat for each open event stream.
    pub(crate) streams: Seats,
    /// The numbers of others, once they are brought up to date.
    pub(crate) collected: Moment<()>,
    /// How everything is that the process depends on.
    pub(crate) condition: Moment<Report>,
    /// Fires when the server stops.
    pub(crate) shutdown: CancellationToken,
    /// What is served as it is, made when it is first asked for: that takes more than
    /// the whole start.
    pub(crate) docs: LazyLock<Docs>,
    /// The settings without their secrets, written once.
    pub(crate) settings: Bytes,
}

/// The numbers that handlers go by; each one is a setting.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    pub(crate) max_body_bytes: usize,
    /// How long a client may take to send a body.
    pub(crate) body_timeout: Duration,
    pub(crate) request_timeout: Duration,
    /// After that long without news an event stream says that it is there.
    pub(crate) stream_heartbeat: Duration,
    /// Longest life of a job that does not end.
    pub(crate) max_age: Duration,
    /// How long an ended job is kept.
    pub(crate) retention: Duration,
    /// Largest body that brings a transcript of the client's own.
    pub(crate) max_transcript_bytes: usize,
    /// Longest video, and transcript.
    pub(crate) max_video: Duration,
    /// Most items of a batch.
    pub(crate) batch_items: u32,
    /// Most webhook endpoints of one owner.
    pub(crate) max_endpoints: usize,
    /// How long an old secret is good for.
    pub(crate) secret_rotation: Duration,
    /// Webhooks of jobs that were submitted without a key can be signed.
    pub(crate) signs_without_key: bool,
}

impl Context {
    pub(crate) fn new(
        state: State,
        config: &Config,
        callers: Callers,
        shutdown: CancellationToken,
    ) -> Self {
        let limits = Arc::new(InForce::new(&config.limits));
        let settings = serde_json::to_string(config).expect("settings are plain data");
        Self {
            rules: Rules::new(config),
            callers,
            limiter: Limiter::new(Arc::clone(&limits), Arc::clone(&state.limits)),
            limits,
            manners: Manners::new(&config.server),
            bounds: CommonBounds::new(config),
            regions: config.queue.regions.clone(),
            flags: Flags::new(&config.features, state.load.clone()),
            control_changed: Notify::new(),
            capacity: Capacity::default(),
            lanes: Lanes::new(&config.queue),
            copies: Copies::new(Arc::clone(&state.cache), config.cache.job()),
            queue_reach: Reach::new(config.queue.rest()),
            questions: Questions::new(config.store.rest()),
            news: News::default(),
            waiters: Seats::new(config.server.max_waiters),
            streams: Seats::new(config.server.max_streams),
            collected: Moment::new(FRESH),
            condition: Moment::new(FRESH),
            shutdown,
            docs: LazyLock::new(Docs::new),
            settings: settings.into(),
            state,
        }
    }

    pub(crate) fn store(&self) -> &dyn Store {
        &*self.state.desk.store
    }

    pub(crate) fn queue(&self) -> &dyn Queue {
        &*self.state.desk.queue
    }

    pub(crate) fn events(&self) -> &dyn Events {
        &*self.state.desk.events
    }

    pub(crate) fn webhooks(&self) -> &dyn Webhooks {
        &*self.state.desk.webhooks
    }

    /// How what is waited for is, by name.
    pub(crate) fn reached(&self) -> [(&'static str, BreakerUse); 2] {
        [("store", self.questions.shown()), ("queue", self.queue_reach.shown())]
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.state.clock)()
    }

    /// The answer of the store, which may not take long.
    pub(crate) async fn ask<T>(
        &self,
        question: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        metrics::store_asked("read");
        // Time is left to answer without it.
        let limit = READ.min(self.rules.request_timeout / 2);
        self.questions.ask(limit, question).await
    }

    /// The same for what changes something. A write that took too long may have
    /// happened nevertheless.
    pub(crate) async fn tell<T>(
        &self,
        change: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        metrics::store_asked("write");
        let limit = WRITE.min(self.rules.request_timeout / 2);
        self.questions.ask(limit, change).await
    }

    /// The same for what the desk does. That asks the queue as well, so how long it
    /// takes says nothing about the store.
    pub(crate) async fn at_desk<T>(
        &self,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let limit = WRITE.min(self.rules.request_timeout / 2);
        let late = |_| Err(StoreError("it was not done in time".into()));
        timeout(limit, work).await.unwrap_or_else(late)
    }

    /// The job: from the store, unless that has just said how it ended, and as it was
    /// last known if the store is away.
    ///
    /// Another's job is not there.
    pub(crate) async fn find(&self, who: &Who, id: JobId) -> ApiResult<Found> {
        let found = self.look_up(id).await?;
        if found.job.owner == who.owner { Ok(found) } else { Err(ApiError::no_such_job()) }
    }

    async fn look_up(&self, id: JobId) -> ApiResult<Found> {
        if let Some(ended) = self.copies.find_ended(id, self.now()).await {
            return Ok(ended);
        }
        match self.fetch(id).await {
            Err(error) if error.code == ErrorCode::Unavailable => {
                self.copies.find_latest(id, self.now()).await.ok_or(error)
            }
            answer => answer,
        }
    }

    /// The same for those who only look: as it is remembered, which is at most a
    /// second old, and nothing that this process has heard of is missing. What
    /// depends on the job being as it is said to be uses [`Context::find`].
    pub(crate) async fn glance(&self, who: &Who, id: JobId) -> ApiResult<Found> {
        let found = self.copies.recall(id, self.now(), self.look_up(id)).await?;
        if found.job.owner == who.owner { Ok(found) } else { Err(ApiError::no_such_job()) }
    }

    /// The job as the store has it after a change of our own, whoever asks: only
    /// after [`Context::find`].
    pub(crate) async fn read(&self, id: JobId) -> ApiResult<Found> {
        self.copies.has_changed(Some(id));
        self.fetch(id).await
    }

    async fn fetch(&self, id: JobId) -> ApiResult<Found> {
        // The time before the question, so that the copy is not taken for newer
        // than it is.
        let now = self.now();
        let job = self.ask(self.store().find(id)).await?.ok_or_else(ApiError::no_such_job)?;
        self.copies.keep(&job, now).await;
        Ok(Found::now(job, now))
    }
}

impl Rules {
    fn new(config: &Config) -> Self {
        let server = &config.server;
        Self {
            max_body_bytes: server.max_body_bytes,
            body_timeout: Duration::from_secs(server.client_timeout_seconds)
                .min(server.request_timeout()),
            request_timeout: server.request_timeout(),
            stream_heartbeat: server.stream_heartbeat(),
            max_age: config.jobs.max_age(),
            retention: config.jobs.retention(),
            max_transcript_bytes: server.max_transcript_bytes,
            max_video: config.jobs.max_video(),
            batch_items: u32::try_from(config.limits.batch_items).unwrap_or(u32::MAX),
            max_endpoints: config.webhooks.max_endpoints,
            secret_rotation: config.webhooks.rotation(),
            signs_without_key: !config.webhooks.secret.is_empty(),
        }
    }
}
