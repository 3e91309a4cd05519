//! What the reconciler lives on: jobs that seem lost, whose time is over, and
//! that are to be forgotten.

use std::sync::Arc;
use std::time::Duration;

use recap_core::job::Priority;
use recap_core::ports::{Claim, Entry, Release, Store};
use recap_core::{Job, JobId, JobKind, Status};
use tokio::task::JoinSet;

use super::{LEASE, at, back, claimed, failure, ids, queued, running, sample, stored, succeeded};

const PATIENCE: Duration = Duration::from_secs(30);

pub(super) async fn all(fresh: &impl AsyncFn() -> Arc<dyn Store>) {
    a_job_that_waits_too_long_is_named_once_per_patience(&*fresh().await).await;
    a_job_is_not_lost_before_it_is_due(&*fresh().await).await;
    a_job_whose_lease_ended_is_named(&*fresh().await).await;
    an_entry_tells_its_lane_and_turn(&*fresh().await).await;
    no_more_are_named_than_asked_for(&*fresh().await).await;
    sweepers_at_once_take_each_job_once(fresh().await).await;
    what_waits_expires(&*fresh().await).await;
    what_nobody_holds_expires(&*fresh().await).await;
    what_ended_is_forgotten(&*fresh().await).await;
}

async fn stale(store: &dyn Store, seconds: u64) -> Vec<JobId> {
    let entries = store.take_stale(at(seconds), PATIENCE, 10).await.unwrap();
    ids(&entries)
}

async fn a_job_that_waits_too_long_is_named_once_per_patience(store: &dyn Store) {
    let job = queued(store).await;
    assert!(stale(store, 29).await.is_empty());
    let named = store.take_stale(at(31), PATIENCE, 10).await.unwrap();
    assert_eq!(named, [Entry::new(&job, 0)]);
    assert!(stale(store, 60).await.is_empty());
    assert_eq!(stale(store, 62).await, [job.id]);

    assert_eq!(stored(store, &job).await, job, "nothing about the job has changed");
    assert!(store.claim(job.id, at(62), LEASE).await.unwrap().is_some());
}

async fn a_job_is_not_lost_before_it_is_due(store: &dyn Store) {
    let Claim { job, lease, .. } = running(store).await;
    let later = Release { retry_at: Some(at(600)), ..back(&job) };
    store.release(lease, &later, at(10)).await.unwrap();
    assert!(stale(store, 599).await.is_empty());
    assert_eq!(stale(store, 631).await, [job.id]);
}

async fn a_job_whose_lease_ended_is_named(store: &dyn Store) {
    let Claim { job, .. } = running(store).await;
    assert!(stale(store, 19).await.is_empty());
    assert_eq!(stale(store, 20).await, [job.id]);
    assert_eq!(stored(store, &job).await.status, Status::Running, "a claim takes it over");
    assert!(stale(store, 49).await.is_empty());
    assert_eq!(stale(store, 51).await, [job.id]);

    let next = store.claim(job.id, at(51), LEASE).await.unwrap().unwrap();
    assert!(stale(store, 70).await.is_empty());
    store.renew(next.lease, at(200)).await.unwrap();
    assert!(stale(store, 199).await.is_empty());
    assert_eq!(stale(store, 200).await, [job.id]);
}

async fn an_entry_tells_its_lane_and_turn(store: &dyn Store) {
    let mut job = sample(JobKind::Transcript);
    job.input.priority = Priority::Bulk;
    job.input.region = Some("eu-west".to_owned().try_into().unwrap());
    store.insert(&job, false).await.unwrap();
    assert_eq!(store.take_stale(at(30), PATIENCE, 10).await.unwrap(), [Entry::new(&job, 0)]);

    let Claim { lease, .. } = claimed(store, &job, 31).await;
    let named = store.take_stale(at(51), PATIENCE, 10).await.unwrap();
    assert_eq!(named, [Entry::new(&job, lease.fence)], "the lease has ended");
}

async fn no_more_are_named_than_asked_for(store: &dyn Store) {
    for _ in 0..5 {
        queued(store).await;
    }
    let mut named = Vec::new();
    for expected in [2, 2, 1, 0] {
        let entries = store.take_stale(at(100), PATIENCE, 2).await.unwrap();
        assert_eq!(entries.len(), expected);
        named.extend(ids(&entries));
    }
    named.sort();
    named.dedup();
    assert_eq!(named.len(), 5);
}

async fn sweepers_at_once_take_each_job_once(store: Arc<dyn Store>) {
    let mut jobs = Vec::new();
    for _ in 0..20 {
        jobs.push(queued(&*store).await.id);
    }
    let mut sweepers = JoinSet::new();
    for _ in 0..4 {
        let store = Arc::clone(&store);
        sweepers
            .spawn(async move { ids(&store.take_stale(at(100), PATIENCE, 100).await.unwrap()) });
    }
    let mut named = sweepers.join_all().await.concat();
    named.sort();
    jobs.sort();
    assert_eq!(named, jobs);
}

async fn what_waits_expires(store: &dyn Store) {
    let job = queued(store).await;
    let held = running(store).await;
    let end = job.expires_at;
    store.renew(held.lease, end + LEASE).await.unwrap();

    let before = end - Duration::from_secs(1);
    let forget_at = end + Duration::from_hours(1);
    assert!(store.expire(before, &failure(), forget_at, 10).await.unwrap().is_empty());
    assert_eq!(store.expire(end, &failure(), forget_at, 10).await.unwrap(), [job.id]);
    assert!(store.expire(end, &failure(), forget_at, 10).await.unwrap().is_empty());

    let expected = Job {
        status: Status::Expired,
        error: Some(failure()),
        completed_at: Some(end),
        expires_at: forget_at,
        revision: job.revision + 1,
        ..job.clone()
    };
    assert_eq!(stored(store, &job).await, expected);
    assert_eq!(stored(store, &held.job).await.status, Status::Running);
}

async fn what_nobody_holds_expires(store: &dyn Store) {
    let Claim { job, lease, .. } = running(store).await;
    let end = job.expires_at;
    let forget_at = end + Duration::from_hours(1);
    assert_eq!(store.expire(end, &failure(), forget_at, 10).await.unwrap(), [job.id]);
    super::lease::refuses(store, lease, &job).await;
    assert_eq!(stored(store, &job).await.status, Status::Expired);
}

async fn what_ended_is_forgotten(store: &dyn Store) {
    let open = queued(store).await;
    for _ in 0..3 {
        succeeded(store).await;
    }
    assert_eq!(store.forget(at(999), 10).await.unwrap(), 0);
    assert_eq!(store.forget(at(1000), 2).await.unwrap(), 2);
    assert_eq!(store.forget(at(1000), 2).await.unwrap(), 1);
    let far = open.expires_at + Duration::from_hours(100);
    assert_eq!(store.forget(far, 10).await.unwrap(), 0, "an open job is not forgotten");
    assert_eq!(stored(store, &open).await, open);
}
