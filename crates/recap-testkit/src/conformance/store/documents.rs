//! Inserting and finding.

use std::sync::Arc;

use recap_core::ports::Store;
use recap_core::{JobId, JobKind};

use super::{at, queued, stored};
use crate::samples;

pub(super) async fn all(fresh: &impl AsyncFn() -> Arc<dyn Store>) {
    a_job_comes_back_as_it_went_in(&*fresh().await).await;
    the_first_insert_of_an_id_counts(&*fresh().await).await;
    open_jobs_are_counted(&*fresh().await).await;
}

async fn a_job_comes_back_as_it_went_in(store: &dyn Store) {
    assert_eq!(store.find(JobId::generate()).await.unwrap(), None);
    for kind in [JobKind::Summary, JobKind::Transcript] {
        for mut job in [samples::queued(kind), samples::succeeded(kind)] {
            job.created_at = "2026-01-01T00:00:00.123456789Z".parse().unwrap();
            job.expires_at = "2026-01-03T00:00:00.987654321Z".parse().unwrap();
            store.insert(&job).await.unwrap();
            assert_eq!(stored(store, &job).await, job);
        }
    }
}

async fn the_first_insert_of_an_id_counts(store: &dyn Store) {
    let job = queued(store).await;
    let mut other = job.clone();
    other.warn("not this one");
    other.expires_at = at(1);
    store.insert(&other).await.unwrap();
    assert_eq!(stored(store, &job).await, job);

    // Not even one that is already running may be reset by it.
    store.claim(job.id, at(0), super::LEASE).await.unwrap().unwrap();
    let running = stored(store, &job).await;
    store.insert(&job).await.unwrap();
    assert_eq!(stored(store, &job).await, running);
}

async fn open_jobs_are_counted(store: &dyn Store) {
    assert_eq!(store.count_open().await.unwrap(), 0);
    queued(store).await;
    super::running(store).await;
    super::succeeded(store).await;
    assert_eq!(store.count_open().await.unwrap(), 2);
}
