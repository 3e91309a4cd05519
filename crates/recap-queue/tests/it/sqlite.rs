//! The queue in SQLite.

mod entrance;
mod wake;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use recap_testkit::conformance;
use recap_testkit::conformance::queue::Entrance;
use tempfile::TempDir;
use tokio::task::JoinSet;

use self::entrance::SqliteEntrance;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract_is_kept() {
    let directory = TempDir::new().unwrap();
    let count = AtomicU32::new(0);
    conformance::queue::all(async || {
        let name = count.fetch_add(1, Ordering::Relaxed).to_string();
        Arc::new(SqliteEntrance::new(&directory.path().join(name))) as Arc<dyn Entrance>
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_file_may_be_opened_by_all_at_once() {
    let directory = TempDir::new().unwrap();
    let mut openers = JoinSet::new();
    for _ in 0..6 {
        let entrance = SqliteEntrance::new(directory.path());
        openers.spawn(async move { recap_queue::connect(&entrance.config).await.map(|_| ()) });
    }
    for opened in openers.join_all().await {
        opened.unwrap();
    }
}
