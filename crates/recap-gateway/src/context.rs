//! What a handler may use.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Bytes;
use futures::future::BoxFuture;
use jiff::Timestamp;
use recap_config::Config;
use recap_core::jobs::Clock;
use recap_core::ports::{Cache, Events, Probe, Queue, Store, StoreError};
use recap_core::{ErrorCode, JobId};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::capacity::Capacity;
use crate::copies::{Copies, Found};
use crate::error::{ApiError, ApiResult};
use crate::lanes::Lanes;
use crate::reach::{Questions, Reach};

/// How long the store may take over a read, of which there may be a copy.
const READ: Duration = Duration::from_secs(2);

/// How long it may take over a write, of which there is not.
const WRITE: Duration = Duration::from_secs(5);

/// How long a queue that did not answer is left to the reconciler.
const QUEUE_REST: Duration = Duration::from_secs(1);

/// Brings the metrics of other parts of the process up to date.
pub type Collect = Arc<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>;

/// The ports the API calls, and its clock.
#[derive(Clone)]
pub struct State {
    pub store: Arc<dyn Store>,
    pub queue: Arc<dyn Queue>,
    pub events: Arc<dyn Events>,
    pub cache: Arc<dyn Cache>,
    /// Asked by `/health/ready`.
    pub probes: Vec<Arc<dyn Probe>>,
    /// Called before `/metrics` is answered.
    pub collect: Collect,
    pub clock: Clock,
}

/// The ports and the rules, shared by all threads of one server.
pub(crate) struct Context {
    pub(crate) state: State,
    pub(crate) rules: Rules,
    /// Regions that jobs may be pinned to.
    pub(crate) regions: Vec<String>,
    pub(crate) capacity: Capacity,
    pub(crate) lanes: Lanes,
    pub(crate) copies: Copies,
    /// Whether the queue is worth asking.
    pub(crate) queue: Reach,
    questions: Questions,
    /// One permit for each request that waits for a job.
    pub(crate) waiters: Semaphore,
    /// Fires when the server stops.
    pub(crate) shutdown: CancellationToken,
    /// The OpenAPI document, written once.
    pub(crate) openapi: Bytes,
}

/// The numbers that handlers go by; each one is a setting.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    pub(crate) max_body_bytes: usize,
    /// How long a client may take to send a body.
    pub(crate) body_timeout: Duration,
    pub(crate) request_timeout: Duration,
    /// Longest life of a job that does not end.
    pub(crate) max_age: Duration,
    /// How long an ended job is kept.
    pub(crate) retention: Duration,
    pub(crate) full_transcript: bool,
    pub(crate) video_preview: bool,
}

impl Context {
    pub(crate) fn new(state: State, config: &Config, shutdown: CancellationToken) -> Self {
        let openapi = crate::openapi().to_json().expect("the document is plain data");
        Self {
            rules: Rules::new(config),
            regions: config.queue.regions.clone(),
            capacity: Capacity::new(config.limits.open_jobs),
            lanes: Lanes::new(&config.queue),
            copies: Copies::new(Arc::clone(&state.cache), config.cache.job()),
            queue: Reach::new(QUEUE_REST),
            questions: Questions::new(),
            waiters: Semaphore::new(config.server.max_waiters),
            shutdown,
            openapi: openapi.into(),
            state,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.state.clock)()
    }

    /// The answer of the store, which may not take long.
    pub(crate) async fn ask<T>(
        &self,
        question: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
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
        let limit = WRITE.min(self.rules.request_timeout / 2);
        self.questions.ask(limit, change).await
    }

    /// The job: from the store if it can have changed, and as it was last known
    /// if the store is away.
    pub(crate) async fn find(&self, id: JobId) -> ApiResult<Found> {
        if let Some(ended) = self.copies.find_ended(id, self.now()).await {
            return Ok(ended);
        }
        match self.read(id).await {
            Err(error) if error.code == ErrorCode::Unavailable => {
                self.copies.find_latest(id, self.now()).await.ok_or(error)
            }
            answer => answer,
        }
    }

    /// The job as the store has it.
    pub(crate) async fn read(&self, id: JobId) -> ApiResult<Found> {
        // The time before the question, so that the copy is not taken for newer
        // than it is.
        let now = self.now();
        let job = self.ask(self.state.store.find(id)).await?.ok_or_else(ApiError::no_such_job)?;
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
            max_age: config.jobs.max_age(),
            retention: config.jobs.retention(),
            full_transcript: config.features.full_transcript,
            video_preview: config.features.video_preview,
        }
    }
}
