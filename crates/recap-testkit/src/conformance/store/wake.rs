//! Waking a job that waits for a time.

use std::sync::Arc;
use std::time::Duration;

use recap_core::job::WaitingReason;
use recap_core::ports::{Entry, Release, Store};
use recap_core::{Job, JobId};
use tokio::task::JoinSet;

use super::{LEASE, at, back, claimed, failure, queued, running, stored, succeeded};

pub(super) async fn all(fresh: &impl AsyncFn() -> Arc<dyn Store>) {
    a_job_that_waits_for_a_time_is_woken(&*fresh().await).await;
    a_woken_job_follows_nobody(&*fresh().await).await;
    what_does_not_wait_is_left(&*fresh().await).await;
    of_many_at_once_one_wakes(fresh().await).await;
}

/// A job that waits until second 600, and perhaps for another one.
async fn waiting(store: &dyn Store, follows: Option<JobId>) -> Job {
    let claim = running(store).await;
    let release = Release {
        retry_at: Some(at(600)),
        waiting_reason: Some(WaitingReason::Children),
        follows,
        ..back(&claim.job)
    };
    assert!(store.release(claim.lease, &release, at(1)).await.unwrap());
    stored(store, &claim.job).await
}

async fn a_job_that_waits_for_a_time_is_woken(store: &dyn Store) {
    let (job, other) = (waiting(store, None).await, waiting(store, None).await);
    let entry = store.wake(job.id, at(10)).await.unwrap();
    assert_eq!(entry, Some(Entry::new(&job, 1)));
    let expected =
        Job { retry_at: None, waiting_reason: None, revision: job.revision + 1, ..job.clone() };
    assert_eq!(stored(store, &job).await, expected);
    assert_eq!(stored(store, &other).await, other);
    assert_eq!(store.wake(job.id, at(11)).await.unwrap(), None, "once");

    // A push that fails is made good for.
    let patience = Duration::from_secs(30);
    assert!(store.take_stale(at(39), patience, 10).await.unwrap().is_empty());
    assert_eq!(store.take_stale(at(40), patience, 10).await.unwrap(), [Entry::new(&job, 1)]);
    claimed(store, &job, 40).await;
}

async fn a_woken_job_follows_nobody(store: &dyn Store) {
    let leader = running(store).await.job.id;
    let job = waiting(store, Some(leader)).await;
    assert!(store.wake(job.id, at(10)).await.unwrap().is_some());
    assert!(store.take_followers(leader, at(11), 10).await.unwrap().is_empty());
    assert_eq!(claimed(store, &job, 11).await.job.follows, Some(leader), "the worker may look");
}

async fn what_does_not_wait_is_left(store: &dyn Store) {
    assert_eq!(store.wake(JobId::generate(), at(1)).await.unwrap(), None);
    let canceled = waiting(store, None).await;
    store.cancel(canceled.id, &failure(), at(1), at(1000)).await.unwrap();
    let canceled = stored(store, &canceled).await;
    let running = running(store).await.job;
    let mut jobs = vec![canceled, running];
    jobs.push(queued(store).await);
    jobs.push(succeeded(store).await);
    for job in jobs {
        assert_eq!(store.wake(job.id, at(2)).await.unwrap(), None);
        assert_eq!(stored(store, &job).await, job);
    }
}

async fn of_many_at_once_one_wakes(store: Arc<dyn Store>) {
    let job = waiting(&*store, None).await;
    let mut race = JoinSet::new();
    for _ in 0..16 {
        let store = Arc::clone(&store);
        race.spawn(async move { store.wake(job.id, at(10)).await.unwrap() });
    }
    let woken = race.join_all().await.into_iter().flatten().count();
    assert_eq!(woken, 1);
    assert!(store.claim(job.id, at(10), LEASE).await.unwrap().is_some());
}
