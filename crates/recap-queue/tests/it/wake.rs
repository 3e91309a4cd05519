//! How a worker comes to know of an entry, and what it outlives.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use recap_core::job::Priority;
use recap_core::jobs::JobPayload;
use recap_core::ports::{Handler, Queue, QueueError};
use recap_core::{JobId, JobKind};
use sqlx::SqlitePool;
use tempfile::TempDir;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::entrance::SqliteEntrance;
use recap_testkit::conformance::queue::Entrance;

/// Tells what it is given, and returns when there is a pass.
struct Told {
    started: mpsc::UnboundedSender<JobPayload>,
    ended: mpsc::UnboundedSender<JobPayload>,
    passes: Semaphore,
}

#[async_trait]
impl Handler for Told {
    async fn handle(&self, payload: JobPayload) {
        self.started.send(payload).unwrap();
        self.passes.acquire().await.unwrap().forget();
        self.ended.send(payload).unwrap();
    }
}

struct Scene {
    queue: Arc<dyn Queue>,
    database: SqlitePool,
    handler: Arc<Told>,
    started: mpsc::UnboundedReceiver<JobPayload>,
    ended: mpsc::UnboundedReceiver<JobPayload>,
    stop: CancellationToken,
    run: JoinSet<Result<(), QueueError>>,
    _directory: TempDir,
}

impl Scene {
    /// A running queue with one slot, looked at every `poll_ms`.
    async fn new(poll_ms: u64, passes: usize) -> Self {
        let directory = TempDir::new().unwrap();
        let mut entrance = SqliteEntrance::new(directory.path());
        entrance.config.queue.poll_ms = poll_ms;
        let queue = entrance.connect().await;
        let (started_sender, started) = mpsc::unbounded_channel();
        let (ended_sender, ended) = mpsc::unbounded_channel();
        let handler = Arc::new(Told {
            started: started_sender,
            ended: ended_sender,
            passes: Semaphore::new(passes),
        });
        let (stop, mut run) = (CancellationToken::new(), JoinSet::new());
        let runner = (Arc::clone(&queue), Arc::clone(&handler), stop.clone());
        run.spawn(async move { runner.0.run(1, runner.1, runner.2).await });
        let database = entrance.database().await;
        Self { queue, database, handler, started, ended, stop, run, _directory: directory }
    }

    async fn push(&self) -> JobPayload {
        let payload = JobPayload::new(JobKind::Summary, JobId::generate());
        self.queue.push(payload, Priority::Interactive, Duration::ZERO).await.unwrap();
        payload
    }

    async fn execute(&self, sql: &'static str) {
        sqlx::query(sql).execute(&self.database).await.unwrap();
    }

    async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.database).await.unwrap()
    }

    async fn stop(&mut self) {
        self.stop.cancel();
        within(self.run.join_next()).await.unwrap().unwrap().unwrap();
    }
}

async fn within<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), work).await.expect("it is not that slow")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_push_of_this_process_is_seen_at_once() {
    // Looking by itself would take far longer than `within` allows.
    let mut scene = Scene::new(60_000, Semaphore::MAX_PERMITS).await;
    for _ in 0..200 {
        let pushed = scene.push().await;
        assert_eq!(within(scene.started.recv()).await, Some(pushed));
    }
    scene.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_and_queue_outlive_an_error_of_the_database() {
    let mut scene = Scene::new(20, 0).await;
    let in_hand = scene.push().await;
    assert_eq!(within(scene.started.recv()).await, Some(in_hand));

    // The acknowledgement fails, and so does whatever is tried after it.
    scene.execute("ALTER TABLE Jobs RENAME TO Hidden").await;
    scene.handler.passes.add_permits(2);
    assert_eq!(within(scene.ended.recv()).await, Some(in_hand));
    let lost = JobPayload::new(JobKind::Summary, JobId::generate());
    let push = scene.queue.push(lost, Priority::Interactive, Duration::ZERO).await;
    assert!(push.is_err());
    scene.execute("ALTER TABLE Hidden RENAME TO Jobs").await;

    let next = scene.push().await;
    assert_eq!(within(scene.started.recv()).await, Some(next));
    assert_eq!(within(scene.ended.recv()).await, Some(next));
    scene.stop().await;
    let held = "SELECT count(*) FROM Jobs WHERE status IN ('Queued', 'Running')";
    assert_eq!(scene.count(held).await, 0, "all that was taken was given back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cleaning_leaves_nothing_behind() {
    let mut scene = Scene::new(20, Semaphore::MAX_PERMITS).await;
    for _ in 0..3 {
        scene.push().await;
        within(scene.ended.recv()).await.unwrap();
    }
    scene.stop().await;
    assert_eq!(scene.count("SELECT count(*) FROM Jobs WHERE status = 'Done'").await, 3);
    scene.execute("UPDATE Workers SET last_seen = last_seen - 4000").await;
    scene.queue.clean().await.unwrap();
    assert_eq!(scene.count("SELECT count(*) FROM Jobs").await, 0);
    assert_eq!(scene.count("SELECT count(*) FROM Workers").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn entries_of_a_job_that_waits_long_do_not_add_up() {
    let mut scene = Scene::new(20, 0).await;
    let in_hand = scene.push().await;
    assert_eq!(within(scene.started.recv()).await, Some(in_hand));

    // The reconciler pushes what waits behind it, once per patience.
    let first = scene.push().await;
    scene.push().await;
    scene.execute("UPDATE Jobs SET run_at = run_at - 60 WHERE status = 'Pending'").await;
    for _ in 0..5 {
        scene.queue.push(first, Priority::Interactive, Duration::ZERO).await.unwrap();
    }
    let later = Duration::from_mins(10);
    scene.queue.push(first, Priority::Interactive, later).await.unwrap();
    scene.queue.clean().await.unwrap();
    let pending = "SELECT count(*) FROM Jobs WHERE status = 'Pending'";
    assert_eq!(scene.count(pending).await, 3, "each once, and the one that is not due");
    let old = "SELECT count(*) FROM Jobs WHERE status = 'Pending' AND run_at < unixepoch() - 30";
    assert_eq!(scene.count(old).await, 2, "each in its old place");

    scene.handler.passes.add_permits(3);
    scene.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_is_given_up_takes_its_jobs_along() {
    let mut scene = Scene::new(20, 0).await;
    scene.push().await;
    within(scene.started.recv()).await.unwrap();
    scene.run.shutdown().await;
    // The run held the other one, and the job in hand that had been spawned.
    within(async {
        while Arc::strong_count(&scene.handler) > 1 {
            tokio::task::yield_now().await;
        }
    })
    .await;
}
