//! How a worker comes to know of an entry, and what it outlives.

use std::time::Duration;

use recap_core::job::Priority;
use recap_core::jobs::JobPayload;
use recap_core::ports::Entry;
use recap_core::{JobId, JobKind};
use recap_testkit::conformance::queue::Entrance;
use sqlx::SqlitePool;
use tempfile::TempDir;

use super::entrance::SqliteEntrance;
use crate::scene::{OPEN, Scene, entry, push_entry, until, within};

struct File {
    entrance: SqliteEntrance,
    database: SqlitePool,
    _directory: TempDir,
}

impl File {
    /// And a queue in it, looked at every `poll_ms`, run with one slot.
    async fn with_scene(poll_ms: u64, passes: usize) -> (Self, Scene) {
        let directory = TempDir::new().unwrap();
        let mut entrance = SqliteEntrance::new(directory.path());
        entrance.config.queue.poll_ms = poll_ms;
        let scene = Scene::new(entrance.connect().await, 1, passes);
        let database = entrance.database().await;
        (Self { entrance, database, _directory: directory }, scene)
    }

    async fn execute(&self, sql: &'static str) {
        sqlx::query(sql).execute(&self.database).await.unwrap();
    }

    async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.database).await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_push_of_this_process_is_seen_at_once() {
    // Looking by itself would take far longer than `within` allows.
    let (_file, mut scene) = File::with_scene(60_000, OPEN).await;
    for _ in 0..200 {
        let pushed = scene.push().await;
        assert_eq!(scene.starts().await, pushed);
    }
    // Nor is there a pause from one entry to the next.
    let many: Vec<Entry> = (0..50).map(|_| entry(Priority::Bulk)).collect();
    scene.queue.push(&many, Duration::ZERO).await.unwrap();
    for _ in 0..50 {
        scene.starts().await;
    }
    scene.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_and_queue_outlive_an_error_of_the_database() {
    let (file, mut scene) = File::with_scene(20, 0).await;
    let in_hand = scene.push().await;
    assert_eq!(scene.starts().await, in_hand);

    // The acknowledgement fails, and so does whatever is tried after it.
    file.execute("ALTER TABLE Jobs RENAME TO Hidden").await;
    scene.handler.passes.add_permits(2);
    assert_eq!(scene.ends().await, in_hand);
    assert!(push_entry(&*scene.queue, &entry(Priority::Interactive)).await.is_err());
    assert!(scene.queue.check().await.is_err());
    file.execute("ALTER TABLE Hidden RENAME TO Jobs").await;
    scene.queue.check().await.unwrap();

    let next = scene.push().await;
    assert_eq!(scene.starts().await, next);
    assert_eq!(scene.ends().await, next);
    scene.stop().await;
    assert_eq!(file.count("SELECT count(*) FROM Jobs").await, 0, "both were acknowledged");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_was_forgotten_is_known_again() {
    let (file, mut scene) = File::with_scene(20, OPEN).await;
    scene.push().await;
    scene.ends().await;
    until(async || file.count("SELECT count(*) FROM Jobs").await == 0).await;
    file.execute("DELETE FROM Workers").await;
    let pushed = scene.push().await;
    assert_eq!(scene.ends().await, pushed);
    scene.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_left_behind() {
    let (file, mut scene) = File::with_scene(20, OPEN).await;
    file.execute(
        "INSERT INTO Workers (id, worker_type, storage_name, last_seen)
         VALUES ('old', 'recap', 'SqliteStorage', unixepoch() - 4000)",
    )
    .await;
    file.entrance.insert_old("done", b"{}", 10).await;
    file.execute("UPDATE Jobs SET status = 'Done', done_at = unixepoch() WHERE id = 'done'").await;
    for _ in 0..3 {
        scene.push().await;
        scene.ends().await;
    }
    scene.stop().await;
    scene.queue.clean().await.unwrap();
    assert_eq!(file.count("SELECT count(*) FROM Jobs").await, 0);
    assert_eq!(file.count("SELECT count(*) FROM Workers").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn entries_of_a_job_that_waits_long_do_not_add_up() {
    let (file, mut scene) = File::with_scene(20, 0).await;
    let in_hand = scene.push().await;
    assert_eq!(scene.starts().await, in_hand);

    let first = entry(Priority::Interactive);
    push_entry(&*scene.queue, &first).await.unwrap();
    scene.push().await;
    file.execute("UPDATE Jobs SET run_at = run_at - 60 WHERE status = 'Pending'").await;
    for turn in [0, 0, 1, 2] {
        push_entry(&*scene.queue, &Entry { turn, ..first.clone() }).await.unwrap();
    }
    let later = Entry { turn: 3, ..first.clone() };
    scene.queue.push(&[later], Duration::from_mins(10)).await.unwrap();
    let pending = "SELECT count(*) FROM Jobs WHERE status = 'Pending'";
    assert_eq!(file.count(pending).await, 5, "each turn once, and the other job");
    scene.queue.clean().await.unwrap();
    assert_eq!(file.count(pending).await, 3, "each once, and the one that is not due");
    let old = "SELECT count(*) FROM Jobs WHERE status = 'Pending' AND run_at < unixepoch() - 30";
    assert_eq!(file.count(old).await, 2, "each in its old place");

    scene.handler.passes.add_permits(3);
    scene.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_older_recap_pushed_is_worked_off() {
    let (file, mut scene) = File::with_scene(20, OPEN).await;
    let mut expected = Vec::new();
    for (id, priority) in [("01JZZZZZZZZZZZZZZZZZZZZZZ1", 10), ("01JZZZZZZZZZZZZZZZZZZZZZZ2", 0)] {
        let job = JobId::generate();
        let stored = format!(r#"{{"kind":"summarize","job":"{job}"}}"#);
        file.entrance.insert_old(id, stored.as_bytes(), priority).await;
        expected.push(JobPayload::new(JobKind::Summary, job));
    }
    let mut taken = [scene.ends().await, scene.ends().await];
    taken.sort_by_key(|it| it.subject());
    expected.sort_by_key(|it| it.subject());
    assert_eq!(taken, *expected);
    scene.stop().await;
    assert_eq!(file.count("SELECT count(*) FROM Jobs").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_is_given_up_takes_its_jobs_along() {
    let (_file, mut scene) = File::with_scene(20, 0).await;
    scene.push().await;
    scene.starts().await;
    scene.run.shutdown().await;
    // The run held the other one, and the job in hand that had been spawned.
    within(async {
        while std::sync::Arc::strong_count(&scene.handler) > 1 {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_for_its_delay_is_brought_forward_only_if_it_was_begun() {
    let (file, mut scene) = File::with_scene(60_000, OPEN).await;
    let [new, begun] = [0, 1].map(|turn| Entry { turn, ..entry(Priority::Bulk) });
    let both = [new.clone(), begun.clone()];
    scene.queue.push(&both, Duration::from_mins(10)).await.unwrap();
    assert_eq!(file.count("SELECT count(*) FROM Jobs WHERE typeof(job) = 'blob'").await, 2);
    scene.queue.push(&both, Duration::ZERO).await.unwrap();
    assert_eq!(scene.ends().await, begun.payload);
    scene.stop().await;
    assert_eq!(file.count("SELECT count(*) FROM Jobs WHERE run_at > unixepoch() + 60").await, 1);
}
