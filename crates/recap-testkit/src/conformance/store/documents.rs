//! Inserting and finding.

use std::sync::Arc;

use recap_core::job::{Owner, Priority};
use recap_core::ports::Store;
use recap_core::{JobId, JobKind};

use super::{at, moved, queued, sample, stored};
use crate::samples;

pub(super) async fn all(fresh: &impl AsyncFn() -> Arc<dyn Store>) {
    it_answers_again_and_again(&*fresh().await).await;
    a_job_comes_back_as_it_went_in(&*fresh().await).await;
    the_first_insert_of_an_id_counts(&*fresh().await).await;
    open_jobs_are_counted(&*fresh().await).await;
}

async fn it_answers_again_and_again(store: &dyn Store) {
    for _ in 0..3 {
        store.check().await.unwrap();
    }
}

async fn a_job_comes_back_as_it_went_in(store: &dyn Store) {
    assert_eq!(store.find(JobId::generate()).await.unwrap(), None);
    for kind in [JobKind::Summary, JobKind::Transcript] {
        for mut job in [sample(kind), moved(samples::succeeded(kind))] {
            job.created_at = "2100-01-01T00:00:00.123456789Z".parse().unwrap();
            job.expires_at = "2100-01-03T00:00:00.987654321Z".parse().unwrap();
            job.owner = Owner::new("Åsa's \"$house\"");
            job.input.region = Some("eu-west".to_owned().try_into().unwrap());
            job.input.priority = Priority::Bulk;
            job.warnings = vec!["$warning with a $$sign and a ñ".to_owned()];
            store.insert(&job, false).await.unwrap();
            assert_eq!(stored(store, &job).await, job);
        }
    }
}

async fn the_first_insert_of_an_id_counts(store: &dyn Store) {
    let job = queued(store).await;
    let mut other = job.clone();
    other.warn("not this one");
    other.expires_at = at(1);
    store.insert(&other, true).await.unwrap();
    assert_eq!(stored(store, &job).await, job);

    // Not even one that is already running may be reset by it.
    store.claim(job.id, at(0), super::LEASE).await.unwrap().unwrap();
    let running = stored(store, &job).await;
    store.insert(&job, true).await.unwrap();
    assert_eq!(stored(store, &job).await, running);
}

async fn open_jobs_are_counted(store: &dyn Store) {
    assert_eq!(store.count_open().await.unwrap(), 0);
    queued(store).await;
    super::running(store).await;
    super::succeeded(store).await;
    assert_eq!(store.count_open().await.unwrap(), 2);
}
