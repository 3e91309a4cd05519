//! The contract of [`Queue`], as checks.
//!
//! Nothing here sleeps to let things settle: checks wait for what the handler
//! tells them, and a time limit only says that a check has failed.

mod again;
mod delivery;
mod handler;
mod lanes;
mod order;
mod pause;
mod stop;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use recap_core::job::{Lane, Priority, Region};
use recap_core::jobs::JobPayload;
use recap_core::ports::{Entry, Pull, Queue, QueueError};
use recap_core::{JobId, JobKind};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use self::handler::Recorder;

/// Longer than anything takes.
const LIMIT: Duration = Duration::from_secs(20);

/// Long enough to see that something which should not happen does not.
const A_WHILE: Duration = Duration::from_millis(300);

/// The regions that a queue under test knows of.
pub const REGIONS: [&str; 2] = ["eu", "us"];

/// `queue.interactive_weight` of a queue under test: the default.
pub const INTERACTIVE_WEIGHT: usize = 4;

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
    again::all(&fresh).await;
    order::all(&fresh).await;
    lanes::all(&fresh).await;
    pause::all(&fresh).await;
    stop::all(&fresh).await;
}

/// A queue being run.
struct Running {
    stop: CancellationToken,
    pause: watch::Sender<bool>,
    tasks: JoinSet<Result<(), QueueError>>,
}

impl Running {
    fn start(queue: &Arc<dyn Queue>, concurrency: usize, recorder: &Arc<Recorder>) -> Self {
        Self::start_in(&[], false, queue, concurrency, recorder)
    }

    /// With entries of `regions`, and perhaps paused from the beginning.
    fn start_in(
        regions: &[Region],
        paused: bool,
        queue: &Arc<dyn Queue>,
        concurrency: usize,
        recorder: &Arc<Recorder>,
    ) -> Self {
        let (stop, (pause, paused)) = (CancellationToken::new(), watch::channel(paused));
        let pull = Pull { concurrency, regions: regions.to_vec(), paused, stop: stop.clone() };
        let (queue, handler) = (Arc::clone(queue), Arc::clone(recorder));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { queue.run(pull, handler).await });
        Self { stop, pause, tasks }
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

fn region(name: &str) -> Region {
    name.to_owned().try_into().unwrap()
}

/// Of a new job, for any worker.
fn entry(priority: Priority) -> Entry {
    let payload = JobPayload::new(JobKind::Summary, JobId::generate());
    Entry { payload, lane: Lane { priority, region: None }, turn: 0 }
}

/// Pushes a new entry, to be handled at once.
async fn push(queue: &dyn Queue, priority: Priority) -> JobPayload {
    let entry = entry(priority);
    queue.push(std::slice::from_ref(&entry), Duration::ZERO).await.unwrap();
    entry.payload
}

async fn push_many(queue: &dyn Queue, priority: Priority, count: usize) -> Vec<JobPayload> {
    let entries: Vec<Entry> = (0..count).map(|_| entry(priority)).collect();
    queue.push(&entries, Duration::ZERO).await.unwrap();
    entries.iter().map(|it| it.payload).collect()
}
