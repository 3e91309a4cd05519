//! A running queue, and a handler that tells what it is given.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use recap_core::job::{Lane, Priority};
use recap_core::jobs::JobPayload;
use recap_core::ports::{Entry, Handler, Pull, Queue, QueueError};
use recap_core::{JobId, JobKind};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Tells what it is given, and returns when there is a pass.
pub(crate) struct Told {
    started: mpsc::UnboundedSender<JobPayload>,
    ended: mpsc::UnboundedSender<JobPayload>,
    pub(crate) passes: Semaphore,
}

#[async_trait]
impl Handler for Told {
    async fn handle(&self, payload: JobPayload) {
        self.started.send(payload).unwrap();
        self.passes.acquire().await.unwrap().forget();
        self.ended.send(payload).unwrap();
    }
}

pub(crate) struct Scene {
    pub(crate) queue: Arc<dyn Queue>,
    pub(crate) handler: Arc<Told>,
    pub(crate) started: mpsc::UnboundedReceiver<JobPayload>,
    pub(crate) ended: mpsc::UnboundedReceiver<JobPayload>,
    stop: CancellationToken,
    pub(crate) pause: watch::Sender<bool>,
    pub(crate) run: JoinSet<Result<(), QueueError>>,
}

/// As many as there are entries.
pub(crate) const OPEN: usize = Semaphore::MAX_PERMITS;

impl Scene {
    pub(crate) fn new(queue: Arc<dyn Queue>, concurrency: usize, passes: usize) -> Self {
        let (started_sender, started) = mpsc::unbounded_channel();
        let (ended_sender, ended) = mpsc::unbounded_channel();
        let passes = Semaphore::new(passes);
        let handler = Arc::new(Told { started: started_sender, ended: ended_sender, passes });
        let (stop, (pause, paused)) = (CancellationToken::new(), watch::channel(false));
        let pull = Pull { concurrency, regions: Vec::new(), paused, stop: stop.clone() };
        let (runner, told) = (Arc::clone(&queue), Arc::clone(&handler));
        let mut run = JoinSet::new();
        run.spawn(async move { runner.run(pull, told).await });
        Self { queue, handler, started, ended, stop, pause, run }
    }

    pub(crate) async fn push(&self) -> JobPayload {
        push(&*self.queue).await
    }

    pub(crate) async fn starts(&mut self) -> JobPayload {
        within(self.started.recv()).await.unwrap()
    }

    pub(crate) async fn ends(&mut self) -> JobPayload {
        within(self.ended.recv()).await.unwrap()
    }

    pub(crate) fn begin_stop(&self) {
        self.stop.cancel();
    }

    pub(crate) async fn stop(&mut self) {
        self.begin_stop();
        within(self.run.join_next()).await.unwrap().unwrap().unwrap();
    }
}

pub(crate) async fn within<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), work).await.expect("it is not that slow")
}

/// Waits until `check` holds.
pub(crate) async fn until(mut check: impl AsyncFnMut() -> bool) {
    within(async {
        while !check().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
}

pub(crate) fn entry(priority: Priority) -> Entry {
    let payload = JobPayload::new(JobKind::Summary, JobId::generate());
    Entry { payload, lane: Lane { priority, region: None }, turn: 0 }
}

pub(crate) async fn push_entry(queue: &dyn Queue, entry: &Entry) -> Result<(), QueueError> {
    queue.push(std::slice::from_ref(entry), Duration::ZERO).await
}

pub(crate) async fn push(queue: &dyn Queue) -> JobPayload {
    let entry = entry(Priority::Interactive);
    push_entry(queue, &entry).await.unwrap();
    entry.payload
}

/// Pushes until the queue takes it: what is there may have to be found out.
pub(crate) async fn push_again(queue: &dyn Queue, entry: &Entry) {
    until(async || push_entry(queue, entry).await.is_ok()).await;
}
