//! What webhooks have been told: the untold end of a job is the outbox.

use std::sync::Arc;
use std::time::Duration;

use recap_core::job::Told;
use recap_core::ports::{Claim, Store};
use recap_core::{Job, JobId, JobKind, Status};

use super::{at, claimed, ended, failure, moved, queued, running, stored};
use crate::samples;

const PATIENCE: Duration = Duration::from_secs(10);

pub(super) async fn all(fresh: &impl AsyncFn() -> Arc<dyn Store>) {
    however_a_job_ends_it_is_untold(&*fresh().await).await;
    the_longest_untold_come_first(&*fresh().await).await;
    what_was_told_never_goes_back(&*fresh().await).await;
    a_worker_may_tell_as_it_ends(&*fresh().await).await;
    what_ended_before_it_came_is_told_too(&*fresh().await).await;
}

/// Ended jobs, longest first, that are untold at `seconds`.
async fn untold(store: &dyn Store, seconds: u64) -> Vec<JobId> {
    let jobs = store.list_untold(at(seconds), PATIENCE, 100).await.unwrap();
    assert!(jobs.iter().all(|it| it.result.is_none()), "results are large");
    jobs.iter().map(|it| it.id).collect()
}

async fn finish(store: &dyn Store, claim: &Claim, second: u64, told: Told) {
    let end = ended(&claim.job, Status::Succeeded);
    let end = Job { completed_at: Some(at(second)), told, ..end };
    assert!(store.finish(claim.lease, &end).await.unwrap());
}

async fn however_a_job_ends_it_is_untold(store: &dyn Store) {
    let (canceled, finished) = (queued(store).await, running(store).await);
    let marked = running(store).await;
    store.cancel(marked.job.id, &failure(), at(1), at(1000)).await.unwrap();
    assert!(untold(store, 1000).await.is_empty(), "none has ended");

    store.cancel(canceled.id, &failure(), at(5), at(1000)).await.unwrap();
    finish(store, &finished, 8, Told::Nothing).await;
    let expired = queued(store).await;
    let mut all = vec![canceled.id, finished.job.id];
    assert!(untold(store, 14).await.is_empty());
    assert_eq!(untold(store, 15).await, all[..1]);
    assert_eq!(untold(store, 18).await, all);

    let end = expired.expires_at;
    assert_eq!(store.expire(end, &failure(), end, 10).await.unwrap().len(), 2);
    let named = store.list_untold(end + PATIENCE, PATIENCE, 100).await.unwrap();
    let mut named: Vec<JobId> = named.iter().map(|it| it.id).collect();
    all.extend([expired.id, marked.job.id]);
    named.sort();
    all.sort();
    assert_eq!(named, all);

    for id in &all {
        store.set_told(*id, Told::End).await.unwrap();
    }
    assert!(store.list_untold(end + PATIENCE, PATIENCE, 100).await.unwrap().is_empty());
}

async fn the_longest_untold_come_first(store: &dyn Store) {
    let mut jobs = Vec::new();
    for second in [7, 3, 9, 5] {
        let claim = running(store).await;
        finish(store, &claim, second, Told::Start).await;
        jobs.push((second, claim.job.id));
    }
    jobs.sort_by_key(|it| it.0);
    let expected: Vec<JobId> = jobs.iter().map(|it| it.1).collect();
    assert_eq!(untold(store, 100).await, expected);
    let some = store.list_untold(at(100), PATIENCE, 3).await.unwrap();
    assert_eq!(some.iter().map(|it| it.id).collect::<Vec<_>>(), expected[..3]);
    assert!(store.list_untold(at(100), PATIENCE, 0).await.unwrap().is_empty());
    let first = Job { result: None, ..store.find(expected[0]).await.unwrap().unwrap() };
    assert_eq!(some[0], first, "else it is whole");
}

async fn what_was_told_never_goes_back(store: &dyn Store) {
    let Claim { job, lease, .. } = running(store).await;
    let told = async || stored(store, &job).await.told;
    store.set_told(job.id, Told::Nothing).await.unwrap();
    assert_eq!(told().await, Told::Nothing);
    for less in [Told::Start, Told::Nothing] {
        store.set_told(job.id, less).await.unwrap();
        assert_eq!(told().await, Told::Start);
    }
    assert_eq!(stored(store, &job).await.revision, job.revision, "clients do not see it");

    // The worker that holds the job may not have heard of it.
    assert!(store.save(lease, &job).await.unwrap());
    assert_eq!(told().await, Told::Start);
    let end = ended(&job, Status::Failed);
    assert!(store.finish(lease, &end).await.unwrap());
    assert_eq!(told().await, Told::Start);
    assert_eq!(untold(store, 100).await, [job.id]);
    for less in [Told::End, Told::Start, Told::Nothing] {
        store.set_told(job.id, less).await.unwrap();
        assert_eq!(told().await, Told::End);
    }
    assert!(untold(store, 100).await.is_empty());
    store.set_told(JobId::generate(), Told::End).await.unwrap();
}

async fn a_worker_may_tell_as_it_ends(store: &dyn Store) {
    for told in [Told::Start, Told::End] {
        let claim = running(store).await;
        finish(store, &claim, 9, told).await;
        assert_eq!(stored(store, &claim.job).await.told, told);
        let expected = if told == Told::End { Vec::new() } else { vec![claim.job.id] };
        assert_eq!(untold(store, 100).await, expected);
        store.set_told(claim.job.id, Told::End).await.unwrap();
    }
}

async fn what_ended_before_it_came_is_told_too(store: &dyn Store) {
    let job = moved(samples::succeeded(JobKind::Summary));
    store.insert(&job, false).await.unwrap();
    let told = Job { told: Told::End, ..moved(samples::succeeded(JobKind::Summary)) };
    store.insert(&told, false).await.unwrap();
    assert!(untold(store, 18).await.is_empty());
    assert_eq!(untold(store, 19).await, [job.id]);

    let open = queued(store).await;
    store.set_told(open.id, Told::Start).await.unwrap();
    assert_eq!(claimed(store, &open, 1).await.job.told, Told::Start);
}
