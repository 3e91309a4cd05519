//! The stores keep the contract, alone and together with others on the same
//! file, and with a server that comes and goes.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod migrate;
mod mongo;
mod older;
mod proxy;
mod shared;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use recap_config::Config;
use recap_core::ports::{Keys, Replies, Store, Webhooks};
use recap_core::{Job, JobKind, Status};
use recap_testkit::{conformance, samples};
use tempfile::TempDir;

/// A configuration whose data directory does not exist yet.
fn config(parent: &Path) -> Config {
    let mut config = Config::default();
    config.data.dir = parent.join("data");
    config
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contracts_are_kept() {
    let directory = TempDir::new().unwrap();
    let count = AtomicU32::new(0);
    let fresh = async || {
        let name = count.fetch_add(1, Ordering::Relaxed).to_string();
        recap_store::open(&config(&directory.path().join(name))).await.unwrap()
    };
    conformance::store::all(async || -> Arc<dyn Store> { fresh().await.store }).await;
    conformance::keys::all(async || -> Arc<dyn Keys> { fresh().await.keys }).await;
    conformance::replies::all(async || -> Arc<dyn Replies> { fresh().await.replies }).await;
    conformance::webhooks::all(async || -> Arc<dyn Webhooks> { fresh().await.webhooks }).await;
}

#[tokio::test]
async fn one_connection_is_enough() {
    let directory = TempDir::new().unwrap();
    let mut config = config(directory.path());
    config.sqlite.pool = 1;
    let store = recap_store::connect(&config).await.unwrap();
    let job = samples::queued(JobKind::Summary);
    store.insert(&job, false).await.unwrap();
    assert_eq!(store.find(job.id).await.unwrap(), Some(job));
}

#[tokio::test]
async fn what_was_stored_is_there_after_a_restart() {
    let directory = TempDir::new().unwrap();
    let job = samples::succeeded(JobKind::Summary);
    let store = recap_store::connect(&config(directory.path())).await.unwrap();
    store.insert(&job, false).await.unwrap();
    drop(store);

    let store = recap_store::connect(&config(directory.path())).await.unwrap();
    assert_eq!(store.find(job.id).await.unwrap(), Some(job));
}

#[tokio::test]
async fn a_job_is_not_finished_without_an_end() {
    let directory = TempDir::new().unwrap();
    let store = recap_store::connect(&config(directory.path())).await.unwrap();
    let job = samples::queued(JobKind::Summary);
    store.insert(&job, false).await.unwrap();
    let lease = std::time::Duration::from_secs(20);
    let claim = store.claim(job.id, job.created_at, lease).await.unwrap().unwrap();
    for status in [Status::Queued, Status::Running] {
        let unfinished = Job { status, ..claim.job.clone() };
        assert!(!store.finish(claim.lease, &unfinished).await.unwrap());
    }
    assert_eq!(store.find(job.id).await.unwrap(), Some(claim.job));
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
