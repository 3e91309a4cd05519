//! The contract of [`Queue`], as checks.
//!
//! Nothing here sleeps to let things settle: checks wait for what the handler
//! tells them, and a time limit only says that a check has failed.

mod delivery;
mod handler;
mod order;
mod stop;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use recap_core::job::Priority;
use recap_core::jobs::JobPayload;
use recap_core::ports::{Queue, QueueError};
use recap_core::{JobId, JobKind};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use self::handler::Recorder;

/// Longer than anything takes.
const LIMIT: Duration = Duration::from_secs(20);

/// One queue, as several processes see it.
#[async_trait]
pub trait Entrance: Send + Sync {
    /// Another way in to the same queue.
    async fn connect(&self) -> Arc<dyn Queue>;

    /// Adds an entry that is not a payload, as an older or newer recap might.
    async fn spoil(&self);
}

/// Runs every check, each on a queue of its own that `fresh` makes: empty, and
/// shared with nobody.
///
/// # Panics
///
/// When a check fails.
pub async fn all(fresh: impl AsyncFn() -> Arc<dyn Entrance>) {
    delivery::all(&fresh).await;
    order::all(&fresh).await;
    stop::all(&fresh).await;
}

/// A queue being run.
struct Running {
    stop: CancellationToken,
    tasks: JoinSet<Result<(), QueueError>>,
}

impl Running {
    fn start(queue: &Arc<dyn Queue>, concurrency: usize, recorder: &Arc<Recorder>) -> Self {
        let stop = CancellationToken::new();
        let mut tasks = JoinSet::new();
        let (queue, token) = (Arc::clone(queue), stop.clone());
        let handler = Arc::clone(recorder);
        tasks.spawn(async move { queue.run(concurrency, handler, token).await });
        Self { stop, tasks }
    }

    /// Waits until the run has ended by itself.
    async fn ended(&mut self) {
        let ended = within(self.tasks.join_next()).await.expect("it is waited for once");
        ended.unwrap().unwrap();
    }

    async fn stop(mut self) {
        self.stop.cancel();
        self.ended().await;
    }
}

async fn within<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(LIMIT, work).await.expect("it takes much less than that")
}

fn payload() -> JobPayload {
    JobPayload::new(JobKind::Summary, JobId::generate())
}

/// Pushes a new payload, to be handled at once.
async fn push(queue: &dyn Queue, priority: Priority) -> JobPayload {
    let payload = payload();
    queue.push(payload, priority, Duration::ZERO).await.unwrap();
    payload
}
