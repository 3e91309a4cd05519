//! What a handler may use.

use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Bytes;
use jiff::Timestamp;
use recap_config::Config;
use recap_core::jobs::Clock;
use recap_core::ports::{Events, Queue, Store};
use recap_core::{Job, JobId};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::capacity::Capacity;
use crate::error::{ApiError, ApiResult};

/// The ports the API calls, and its clock.
#[derive(Clone)]
pub struct State {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) queue: Arc<dyn Queue>,
    pub(crate) events: Arc<dyn Events>,
    pub(crate) clock: Clock,
}

impl State {
    pub fn new(
        store: Arc<dyn Store>,
        queue: Arc<dyn Queue>,
        events: Arc<dyn Events>,
        clock: Clock,
    ) -> Self {
        Self { store, queue, events, clock }
    }
}

/// The ports and the rules, shared by all threads of one server.
pub(crate) struct Context {
    pub(crate) state: State,
    pub(crate) rules: Rules,
    pub(crate) capacity: Capacity,
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
        let server = &config.server;
        let rules = Rules {
            max_body_bytes: server.max_body_bytes,
            body_timeout: Duration::from_secs(server.client_timeout_seconds)
                .min(server.request_timeout()),
            request_timeout: server.request_timeout(),
            max_age: config.jobs.max_age(),
            retention: config.jobs.retention(),
            full_transcript: config.features.full_transcript,
            video_preview: config.features.video_preview,
        };
        let openapi = crate::openapi().to_json().expect("the document is plain data");
        Self {
            state,
            rules,
            capacity: Capacity::new(config.limits.open_jobs),
            waiters: Semaphore::new(server.max_waiters),
            shutdown,
            openapi: openapi.into(),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.state.clock)()
    }

    pub(crate) async fn find(&self, id: JobId) -> ApiResult<Job> {
        self.state.store.find(id).await?.ok_or_else(ApiError::no_such_job)
    }
}
