//! Removing a job that its owner wants no more.

use std::sync::Arc;

use recap_core::ports::{Claim, Delete, JobFilter, Store};
use recap_core::{JobId, Status};

use super::{LEASE, at, ended, queued, running, stored, succeeded};
use crate::samples;

pub(super) async fn all(fresh: &impl AsyncFn() -> Arc<dyn Store>) {
    an_ended_job_goes_with_all_that_is_kept(&*fresh().await).await;
    an_open_job_stays(&*fresh().await).await;
    what_is_missing_is_said_to_be(&*fresh().await).await;
}

async fn an_ended_job_goes_with_all_that_is_kept(store: &dyn Store) {
    let other = succeeded(store).await;
    let Claim { job, lease, .. } = running(store).await;
    assert_eq!(store.lead(lease, "work", at(1)).await.unwrap(), None);
    assert!(store.put_transcript(lease, &samples::transcript(LEASE)).await.unwrap());
    assert!(store.put_notes(lease, &[super::products::notes(0, "first")]).await.unwrap());
    assert!(store.finish(lease, &ended(&job, Status::Succeeded)).await.unwrap());

    assert_eq!(store.delete(job.id).await.unwrap(), Delete::Deleted);
    assert_eq!(store.find(job.id).await.unwrap(), None);
    assert_eq!(store.find_transcript(job.id).await.unwrap(), None);
    assert!(store.list_notes(job.id).await.unwrap().is_empty());
    let page = store.list(&JobFilter { limit: 10, ..JobFilter::default() }).await.unwrap();
    assert_eq!(page.jobs.iter().map(|it| it.id).collect::<Vec<_>>(), [other.id]);
    let untold = store.list_untold(at(1000), LEASE, 10).await.unwrap();
    assert_eq!(untold.iter().map(|it| it.id).collect::<Vec<_>>(), [other.id]);
    let next = running(store).await;
    assert_eq!(store.lead(next.lease, "work", at(1)).await.unwrap(), None, "nobody leads");

    assert_eq!(store.delete(job.id).await.unwrap(), Delete::Missing);
    assert_eq!(store.forget(at(1000), 10).await.unwrap(), 1, "the other one");
}

async fn an_open_job_stays(store: &dyn Store) {
    let Claim { job: running, lease, .. } = running(store).await;
    let transcript = samples::transcript(LEASE);
    assert!(store.put_transcript(lease, &transcript).await.unwrap());
    let running = stored(store, &running).await;
    for job in [queued(store).await, running.clone()] {
        assert_eq!(store.delete(job.id).await.unwrap(), Delete::Open);
        assert_eq!(stored(store, &job).await, job);
    }
    assert_eq!(store.find_transcript(running.id).await.unwrap(), Some(transcript));
}

async fn what_is_missing_is_said_to_be(store: &dyn Store) {
    assert_eq!(store.delete(JobId::generate()).await.unwrap(), Delete::Missing);
}
