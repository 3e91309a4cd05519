//! The SQLite store keeps the contract, alone and together with others on the
//! same file.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod shared;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use recap_config::Config;
use recap_core::job::WaitingReason;
use recap_core::ports::{Release, Renewal, Store};
use recap_core::summary::{NotesStatus, SegmentNotes};
use recap_core::{ErrorCode, Job, JobKind, Status};
use recap_testkit::{conformance, samples};
use tempfile::TempDir;

/// A configuration whose data directory does not exist yet.
fn config(parent: &Path) -> Config {
    let mut config = Config::default();
    config.data.dir = parent.join("data");
    config
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract_is_kept() {
    let directory = TempDir::new().unwrap();
    let count = AtomicU32::new(0);
    conformance::store::all(async || -> Arc<dyn Store> {
        let name = count.fetch_add(1, Ordering::Relaxed).to_string();
        recap_store::connect(&config(&directory.path().join(name))).await.unwrap()
    })
    .await;
}

#[tokio::test]
async fn one_connection_is_enough() {
    let directory = TempDir::new().unwrap();
    let mut config = config(directory.path());
    config.sqlite.pool = 1;
    let store = recap_store::connect(&config).await.unwrap();
    let job = samples::queued(JobKind::Summary);
    store.insert(&job).await.unwrap();
    assert_eq!(store.find(job.id).await.unwrap(), Some(job));
}

#[tokio::test]
async fn what_was_stored_is_there_after_a_restart() {
    let directory = TempDir::new().unwrap();
    let job = samples::succeeded(JobKind::Summary);
    let store = recap_store::connect(&config(directory.path())).await.unwrap();
    store.insert(&job).await.unwrap();
    drop(store);

    let store = recap_store::connect(&config(directory.path())).await.unwrap();
    assert_eq!(store.find(job.id).await.unwrap(), Some(job));
}

#[tokio::test]
async fn a_job_is_not_finished_without_an_end() {
    let directory = TempDir::new().unwrap();
    let store = recap_store::connect(&config(directory.path())).await.unwrap();
    let job = samples::queued(JobKind::Summary);
    store.insert(&job).await.unwrap();
    let lease = std::time::Duration::from_secs(20);
    let claim = store.claim(job.id, job.created_at, lease).await.unwrap().unwrap();
    for status in [Status::Queued, Status::Running] {
        let unfinished = Job { status, ..claim.job.clone() };
        assert!(!store.finish(claim.lease, &unfinished).await.unwrap());
    }
    assert_eq!(store.find(job.id).await.unwrap(), Some(claim.job));
}

#[tokio::test]
async fn notes_of_another_cut_are_replaced() {
    let directory = TempDir::new().unwrap();
    let store = recap_store::connect(&config(directory.path())).await.unwrap();
    let job = samples::queued(JobKind::Summary);
    store.insert(&job).await.unwrap();
    let lease = std::time::Duration::from_secs(20);
    let claim = store.claim(job.id, job.created_at, lease).await.unwrap().unwrap();
    let notes = |minutes, title: &str| SegmentNotes {
        index: 0,
        start: std::time::Duration::ZERO,
        end: std::time::Duration::from_mins(minutes),
        title: title.to_owned(),
        summary: String::new(),
        points: Vec::new(),
        status: NotesStatus::Done,
        model: "extractive".to_owned(),
    };
    for (minutes, title) in [(10, "first"), (10, "again"), (5, "cut anew"), (5, "again")] {
        assert!(store.put_notes(claim.lease, &notes(minutes, title)).await.unwrap());
    }
    // Else they would be made again by every attempt that follows.
    assert_eq!(store.list_notes(job.id).await.unwrap(), [notes(5, "cut anew")]);
}

#[tokio::test]
async fn a_wish_to_cancel_makes_a_released_job_due_at_once() {
    let directory = TempDir::new().unwrap();
    let store = recap_store::connect(&config(directory.path())).await.unwrap();
    let job = samples::queued(JobKind::Summary);
    store.insert(&job).await.unwrap();
    let (now, lease) = (job.created_at, std::time::Duration::from_secs(20));
    let claim = store.claim(job.id, now, lease).await.unwrap().unwrap();
    store.cancel(job.id, &ErrorCode::Canceled.into(), now).await.unwrap();
    let release = Release {
        retry_at: Some(now + lease * 100),
        waiting_reason: Some(WaitingReason::NotStarted),
        attempts: 0,
        expires_at: job.expires_at,
    };
    assert!(store.release(claim.lease, &release, now).await.unwrap());

    let patience = std::time::Duration::from_secs(30);
    assert_eq!(store.take_stale(now + patience, patience, 10).await.unwrap().len(), 1);
    let next = store.claim(job.id, now + patience, lease).await.unwrap().unwrap();
    let renewed = store.renew(next.lease, now + patience + lease).await.unwrap();
    assert_eq!(renewed, Renewal::CancelRequested);
}

#[tokio::test]
async fn a_directory_that_cannot_be_made_is_named() {
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("file");
    std::fs::write(&file, "").unwrap();
    let mut config = config(directory.path());
    config.data.dir = file.join("data");

    let error = recap_store::connect(&config).await.err().unwrap();
    let message = error.0.to_string();
    assert!(message.contains("file/data") && message.contains("data.dir"), "{message}");
}
