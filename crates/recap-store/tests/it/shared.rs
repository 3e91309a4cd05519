//! Several processes on one file, each played by a store of its own.

use std::sync::Arc;
use std::time::Duration;

use recap_core::job::Owner;
use recap_core::ports::Store;
use recap_core::{Job, JobId, JobKind};
use recap_testkit::samples;
use tempfile::TempDir;
use tokio::task::JoinSet;

use super::config;

const LEASE: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_file_may_be_opened_by_all_at_once() {
    let directory = TempDir::new().unwrap();
    let mut openers = JoinSet::new();
    for _ in 0..6 {
        let config = config(directory.path());
        openers.spawn(async move { recap_store::connect(&config).await.map(|_| ()) });
    }
    for opened in openers.join_all().await {
        opened.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_never_claim_the_same_job() {
    let directory = TempDir::new().unwrap();
    let first = recap_store::connect(&config(directory.path())).await.unwrap();
    let second = recap_store::connect(&config(directory.path())).await.unwrap();
    let jobs: Vec<Job> = (0..64).map(|_| samples::queued(JobKind::Summary)).collect();
    for job in &jobs {
        first.insert(job, false).await.unwrap();
    }

    let mut claims = JoinSet::new();
    for job in &jobs {
        for store in [&first, &second] {
            claims.spawn(claim(Arc::clone(store), job.id));
        }
    }
    let mut won: Vec<JobId> = claims.join_all().await.into_iter().flatten().collect();
    won.sort();
    let mut expected: Vec<JobId> = jobs.iter().map(|it| it.id).collect();
    expected.sort();
    assert_eq!(won, expected, "each job once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_never_make_too_many_endpoints() {
    let directory = TempDir::new().unwrap();
    let first = recap_store::open(&config(directory.path())).await.unwrap().webhooks;
    let second = recap_store::open(&config(directory.path())).await.unwrap().webhooks;
    let mut inserts = JoinSet::new();
    for webhooks in [first, second].iter().cycle().take(24) {
        let (webhooks, endpoint) = (Arc::clone(webhooks), samples::endpoint(Owner::default()));
        inserts.spawn(async move { webhooks.insert_endpoint(&endpoint, 5).await.unwrap() });
    }
    assert_eq!(inserts.join_all().await.into_iter().filter(|it| *it).count(), 5);
}

async fn claim(store: Arc<dyn Store>, id: JobId) -> Option<JobId> {
    let claim = store.claim(id, samples::created_at(), LEASE).await.unwrap()?;
    assert_eq!((claim.lease.fence, claim.crashes), (1, 0));
    Some(id)
}
