//! Who gets a job, and when.

use std::sync::Arc;

use recap_core::job::WaitingReason;
use recap_core::ports::{Release, Store};
use recap_core::{JobId, Status};
use tokio::task::JoinSet;

use super::products::notes;
use super::{LEASE, at, back, queued, running, stored};
use crate::samples;

/// More than any pool of connections, so that some have to wait.
const RACERS: usize = 32;

pub(super) async fn all(fresh: &impl AsyncFn() -> Arc<dyn Store>) {
    a_queued_job_is_claimed_once(&*fresh().await).await;
    a_race_has_one_winner(fresh().await).await;
    a_job_is_not_claimed_before_its_time(&*fresh().await).await;
    a_lease_that_ends_can_be_taken_over(&*fresh().await).await;
    an_orderly_end_clears_the_crash_counter(&*fresh().await).await;
    a_release_may_keep_the_crash_counter(&*fresh().await).await;
    a_checkpoint_clears_the_crash_counter(&*fresh().await).await;
}

async fn a_queued_job_is_claimed_once(store: &dyn Store) {
    assert!(store.claim(JobId::generate(), at(0), LEASE).await.unwrap().is_none());

    let job = queued(store).await;
    let claim = store.claim(job.id, at(5), LEASE).await.unwrap().unwrap();
    assert_eq!(claim.lease.job, job.id);
    assert_eq!(claim.crashes, 0);
    assert_eq!(claim.job.status, Status::Running);
    assert_eq!(claim.job.started_at, Some(at(5)));
    assert_eq!(stored(store, &job).await, claim.job);

    assert!(store.claim(job.id, at(5), LEASE).await.unwrap().is_none());
    assert!(store.claim(job.id, at(24), LEASE).await.unwrap().is_none());
    assert_eq!(stored(store, &job).await, claim.job);
}

async fn a_race_has_one_winner(store: Arc<dyn Store>) {
    let job = queued(&*store).await;
    let mut race = JoinSet::new();
    for _ in 0..RACERS {
        let store = Arc::clone(&store);
        race.spawn(async move { store.claim(job.id, at(0), LEASE).await.unwrap().is_some() });
    }
    let won = race.join_all().await.into_iter().filter(|it| *it).count();
    assert_eq!(won, 1, "of {RACERS} claims at once, one must win");
}

async fn a_job_is_not_claimed_before_its_time(store: &dyn Store) {
    let claim = running(store).await;
    let later = Release {
        retry_at: Some(at(60)),
        waiting_reason: Some(WaitingReason::Retry),
        attempts: 1,
        ..back(&claim.job)
    };
    assert!(store.release(claim.lease, &later, at(1)).await.unwrap());
    assert!(store.claim(claim.job.id, at(59), LEASE).await.unwrap().is_none());

    let again = store.claim(claim.job.id, at(60), LEASE).await.unwrap().unwrap();
    assert_eq!(again.job.started_at, Some(at(0)), "the first claim says when it started");
    assert_eq!(again.job.attempts, 1);
    assert_eq!((again.job.retry_at, again.job.waiting_reason), (None, None));
}

async fn a_lease_that_ends_can_be_taken_over(store: &dyn Store) {
    let first = running(store).await;
    assert!(store.claim(first.job.id, at(19), LEASE).await.unwrap().is_none());

    let second = store.claim(first.job.id, at(20), LEASE).await.unwrap().unwrap();
    assert_eq!(second.crashes, 1, "the first claim ended without a word");
    assert!(second.lease.fence > first.lease.fence);
    assert_eq!(second.job.started_at, Some(at(0)));

    let third = store.claim(first.job.id, at(40), LEASE).await.unwrap().unwrap();
    assert_eq!(third.crashes, 2);
}

async fn an_orderly_end_clears_the_crash_counter(store: &dyn Store) {
    let first = running(store).await;
    let second = store.claim(first.job.id, at(20), LEASE).await.unwrap().unwrap();
    assert!(store.release(second.lease, &back(&first.job), at(21)).await.unwrap());
    let third = store.claim(first.job.id, at(21), LEASE).await.unwrap().unwrap();
    assert_eq!(third.crashes, 0);
    assert!(third.lease.fence > second.lease.fence);
}

async fn a_release_may_keep_the_crash_counter(store: &dyn Store) {
    let first = running(store).await;
    let second = store.claim(first.job.id, at(20), LEASE).await.unwrap().unwrap();
    let release = Release { crashes: second.crashes, ..back(&first.job) };
    assert!(store.release(second.lease, &release, at(21)).await.unwrap());
    let third = store.claim(first.job.id, at(21), LEASE).await.unwrap().unwrap();
    assert_eq!(third.crashes, 1);
}

async fn a_checkpoint_clears_the_crash_counter(store: &dyn Store) {
    let mut claim = running(store).await;
    for (round, index) in [0, 1, 1].into_iter().enumerate() {
        assert!(store.put_notes(claim.lease, &[notes(index, "made")]).await.unwrap());
        let later = at(20 * (round as u64 + 1));
        claim = store.claim(claim.job.id, later, LEASE).await.unwrap().unwrap();
    }
    // The last round made nothing that was not there.
    assert_eq!(claim.crashes, 1);

    for (second, crashes) in [(80, 0), (100, 1)] {
        assert!(store.put_transcript(claim.lease, &samples::transcript(LEASE)).await.unwrap());
        claim = store.claim(claim.job.id, at(second), LEASE).await.unwrap().unwrap();
        assert_eq!(claim.crashes, crashes, "only the first transcript is a checkpoint");
    }
}
