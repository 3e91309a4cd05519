//! Canceling jobs in every state.

use std::sync::Arc;

use recap_core::job::WaitingReason;
use recap_core::ports::{Cancel, Claim, Release, Renewal, Store};
use recap_core::{Job, JobId, Status};

use super::{LEASE, at, back, failure, queued, running, stored, succeeded};

pub(super) async fn all(fresh: &impl AsyncFn() -> Arc<dyn Store>) {
    a_waiting_job_is_canceled(&*fresh().await).await;
    a_job_that_waits_for_its_retry_is_canceled(&*fresh().await).await;
    a_running_job_is_marked(&*fresh().await).await;
    the_wish_outlives_the_worker(&*fresh().await).await;
    the_wish_ends_a_wait(&*fresh().await).await;
    what_is_over_or_missing_stays_so(&*fresh().await).await;
}

async fn a_waiting_job_is_canceled(store: &dyn Store) {
    let job = queued(store).await;
    assert_eq!(store.cancel(job.id, &failure(), at(3), at(1000)).await.unwrap(), Cancel::Canceled);
    let expected = Job {
        status: Status::Canceled,
        error: Some(failure()),
        completed_at: Some(at(3)),
        expires_at: at(1000),
        revision: job.revision + 1,
        ..job.clone()
    };
    assert_eq!(stored(store, &job).await, expected);
    assert_eq!(store.cancel(job.id, &failure(), at(4), at(1000)).await.unwrap(), Cancel::Finished);
    assert_eq!(stored(store, &job).await, expected);
}

async fn a_job_that_waits_for_its_retry_is_canceled(store: &dyn Store) {
    let Claim { job, lease, .. } = running(store).await;
    let later = Release {
        retry_at: Some(at(60)),
        waiting_reason: Some(WaitingReason::Retry),
        ..back(&job)
    };
    store.release(lease, &later, at(1)).await.unwrap();
    assert_eq!(store.cancel(job.id, &failure(), at(3), at(1000)).await.unwrap(), Cancel::Canceled);
    let canceled = stored(store, &job).await;
    assert_eq!((canceled.retry_at, canceled.waiting_reason), (None, None));
}

async fn a_running_job_is_marked(store: &dyn Store) {
    let Claim { job, lease, .. } = running(store).await;
    for _ in 0..2 {
        assert_eq!(
            store.cancel(job.id, &failure(), at(3), at(1000)).await.unwrap(),
            Cancel::Requested
        );
    }
    let marked = stored(store, &job).await;
    assert_eq!((marked.status, marked.error, marked.completed_at), (Status::Running, None, None));

    // The worker decides: it may be done just now.
    assert!(store.finish(lease, &super::ended(&job, Status::Succeeded)).await.unwrap());
    assert_eq!(stored(store, &job).await.status, Status::Succeeded);
}

async fn the_wish_outlives_the_worker(store: &dyn Store) {
    let Claim { job, .. } = running(store).await;
    store.cancel(job.id, &failure(), at(3), at(1000)).await.unwrap();
    let next = store.claim(job.id, at(20), LEASE).await.unwrap().unwrap();
    assert_eq!(store.renew(next.lease, at(40)).await.unwrap(), Renewal::CancelRequested);
}

async fn the_wish_ends_a_wait(store: &dyn Store) {
    let Claim { job, lease, .. } = running(store).await;
    store.cancel(job.id, &failure(), at(3), at(1000)).await.unwrap();
    let premiere = Release {
        retry_at: Some(at(600)),
        waiting_reason: Some(WaitingReason::NotStarted),
        ..back(&job)
    };
    assert!(store.release(lease, &premiere, at(3)).await.unwrap());
    assert_eq!(store.take_stale(at(33), LEASE, 10).await.unwrap().len(), 1);
    let next = store.claim(job.id, at(33), LEASE).await.unwrap().unwrap();
    assert_eq!(store.renew(next.lease, at(60)).await.unwrap(), Renewal::CancelRequested);
}

async fn what_is_over_or_missing_stays_so(store: &dyn Store) {
    let job = succeeded(store).await;
    assert_eq!(store.cancel(job.id, &failure(), at(10), at(1000)).await.unwrap(), Cancel::Finished);
    assert_eq!(stored(store, &job).await, job);
    let missing = JobId::generate();
    assert_eq!(store.cancel(missing, &failure(), at(10), at(1000)).await.unwrap(), Cancel::Missing);
}
