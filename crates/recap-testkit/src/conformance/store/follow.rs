//! Jobs that wait for the result of another one.

use std::sync::Arc;
use std::time::Duration;

use recap_core::job::WaitingReason;
use recap_core::ports::{Cancel, Claim, Entry, Release, Store};
use recap_core::{Job, JobId, Status};

use super::{LEASE, at, back, claimed, failure, ids, running, stored};

pub(super) async fn all(fresh: &impl AsyncFn() -> Arc<dyn Store>) {
    a_follower_waits_until_it_is_taken(&*fresh().await).await;
    a_follower_may_be_due_before(&*fresh().await).await;
    followers_are_taken_a_few_at_a_time(&*fresh().await).await;
    a_release_says_whom_a_job_follows(&*fresh().await).await;
    a_follower_that_ended_is_not_taken(&*fresh().await).await;
}

/// Gives a running job back, to wait for `leader` until second 600.
async fn follow(store: &dyn Store, claim: &Claim, leader: JobId) {
    let release = Release {
        retry_at: Some(at(600)),
        waiting_reason: Some(WaitingReason::Identical),
        follows: Some(leader),
        ..back(&claim.job)
    };
    assert!(store.release(claim.lease, &release, at(1)).await.unwrap());
}

/// A job that waits for `leader` until second 600.
async fn follower(store: &dyn Store, leader: JobId) -> Job {
    let claim = running(store).await;
    follow(store, &claim, leader).await;
    stored(store, &claim.job).await
}

async fn a_follower_waits_until_it_is_taken(store: &dyn Store) {
    let leader = running(store).await.job.id;
    let other = follower(store, JobId::generate()).await;
    let job = follower(store, leader).await;
    assert_eq!(job.follows, Some(leader));
    assert!(store.claim(job.id, at(10), LEASE).await.unwrap().is_none());

    let taken = store.take_followers(leader, at(10), 10).await.unwrap();
    assert_eq!(taken, [Entry::new(&job, 1)]);
    assert!(store.take_followers(leader, at(10), 10).await.unwrap().is_empty(), "once");
    let expected =
        Job { retry_at: None, waiting_reason: None, revision: job.revision + 1, ..job.clone() };
    assert_eq!(stored(store, &job).await, expected);
    assert_eq!(stored(store, &other).await, other);

    // It is due, and still knows whose result to look at.
    assert!(
        store
            .take_stale(at(39), Duration::from_secs(30), 10)
            .await
            .unwrap()
            .iter()
            .all(|it| it.payload.job() != Some(job.id))
    );
    let again = claimed(store, &job, 40).await;
    assert_eq!(again.job.follows, Some(leader));
}

/// The leader may be gone: then time brings the follower back.
async fn a_follower_may_be_due_before(store: &dyn Store) {
    let leader = running(store).await.job.id;
    let job = follower(store, leader).await;
    let claim = claimed(store, &job, 600).await;
    assert!(store.take_followers(leader, at(601), 10).await.unwrap().is_empty());

    assert!(store.release(claim.lease, &back(&job), at(602)).await.unwrap());
    assert_eq!(stored(store, &job).await.follows, None, "the release said so");
    assert!(store.take_followers(leader, at(603), 10).await.unwrap().is_empty());
}

async fn followers_are_taken_a_few_at_a_time(store: &dyn Store) {
    let leader = running(store).await.job.id;
    let mut jobs = Vec::new();
    for _ in 0..5 {
        jobs.push(follower(store, leader).await.id);
    }
    let mut taken = Vec::new();
    for expected in [2, 2, 1, 0] {
        let entries = store.take_followers(leader, at(10), 2).await.unwrap();
        assert_eq!(entries.len(), expected);
        taken.extend(ids(&entries));
    }
    taken.sort();
    jobs.sort();
    assert_eq!(taken, jobs);
}

async fn a_release_says_whom_a_job_follows(store: &dyn Store) {
    let [first, second] = [(); 2].map(|()| JobId::generate());
    let job = follower(store, first).await;
    let claim = claimed(store, &job, 600).await;
    follow(store, &claim, second).await;
    assert_eq!(stored(store, &job).await.follows, Some(second));
    assert!(store.take_followers(first, at(601), 10).await.unwrap().is_empty());
    assert_eq!(store.take_followers(second, at(601), 10).await.unwrap(), [Entry::new(&job, 2)]);
}

async fn a_follower_that_ended_is_not_taken(store: &dyn Store) {
    let leader = running(store).await.job.id;
    let [canceled, expired] = [follower(store, leader).await, follower(store, leader).await];
    let done = store.cancel(canceled.id, &failure(), at(3), at(1000)).await.unwrap();
    assert_eq!(done, Cancel::Canceled);
    let end = expired.expires_at;
    store.expire(end, &failure(), end + LEASE, 10).await.unwrap();
    assert_eq!(stored(store, &expired).await.status, Status::Expired);
    assert!(store.take_followers(leader, end, 10).await.unwrap().is_empty());
}
