//! What the holder of a lease may write, and nobody else.

use std::sync::Arc;

use recap_core::job::{Progress, Stage, WaitingReason};
use recap_core::ports::{Claim, Lease, Release, Renewal, Store};
use recap_core::{Job, Status};

use super::{LEASE, at, back, ended, failure, running, stored};
use crate::samples;

pub(super) async fn all(fresh: &impl AsyncFn() -> Arc<dyn Store>) {
    a_renewed_lease_holds_longer(&*fresh().await).await;
    a_renewal_tells_of_a_wish_to_cancel(&*fresh().await).await;
    a_save_writes_findings_only(&*fresh().await).await;
    a_release_puts_the_job_back(&*fresh().await).await;
    a_finish_writes_the_job_whole(&*fresh().await).await;
    a_late_writer_is_refused(&*fresh().await).await;
    each_write_raises_the_revision(&*fresh().await).await;
}

async fn a_renewed_lease_holds_longer(store: &dyn Store) {
    let Claim { job, lease, .. } = running(store).await;
    assert_eq!(store.renew(lease, at(100)).await.unwrap(), Renewal::Held);
    assert!(store.claim(job.id, at(99), LEASE).await.unwrap().is_none());
    assert!(store.claim(job.id, at(100), LEASE).await.unwrap().is_some());
    assert_eq!(store.renew(lease, at(200)).await.unwrap(), Renewal::Lost);
}

async fn a_renewal_tells_of_a_wish_to_cancel(store: &dyn Store) {
    let Claim { job, lease, .. } = running(store).await;
    store.cancel(job.id, &failure(), at(1), at(1000)).await.unwrap();
    assert_eq!(store.renew(lease, at(21)).await.unwrap(), Renewal::CancelRequested);
    assert_eq!(store.renew(lease, at(22)).await.unwrap(), Renewal::CancelRequested);
}

async fn a_save_writes_findings_only(store: &dyn Store) {
    let Claim { job, lease, .. } = running(store).await;
    let found = Job {
        video: Some(samples::video(samples::video_id())),
        progress: Progress { stage: Stage::Summarizing, segments_done: 1, segments_total: 2 },
        warnings: vec!["captions are automatic".to_owned()],
        ..job.clone()
    };
    let meddled = Job {
        status: Status::Succeeded,
        started_at: Some(at(500)),
        completed_at: Some(at(501)),
        expires_at: at(502),
        retry_at: Some(at(503)),
        attempts: 9,
        ..found.clone()
    };
    assert!(store.save(lease, &meddled).await.unwrap());
    let expected = Job { revision: job.revision + 1, ..found };
    assert_eq!(stored(store, &job).await, expected);
}

async fn a_release_puts_the_job_back(store: &dyn Store) {
    let Claim { job, lease, .. } = running(store).await;
    let release = Release {
        retry_at: Some(at(60)),
        waiting_reason: Some(WaitingReason::Quota),
        attempts: 3,
        expires_at: at(9000),
        ..back(&job)
    };
    assert!(store.release(lease, &release, at(2)).await.unwrap());
    let expected = Job {
        status: Status::Queued,
        retry_at: release.retry_at,
        waiting_reason: release.waiting_reason,
        attempts: 3,
        expires_at: at(9000),
        revision: job.revision + 1,
        ..job.clone()
    };
    assert_eq!(stored(store, &job).await, expected);
    assert!(!store.release(lease, &release, at(3)).await.unwrap(), "it is not held any more");
}

async fn a_finish_writes_the_job_whole(store: &dyn Store) {
    for status in [Status::Succeeded, Status::Failed, Status::Canceled] {
        let Claim { job, lease, .. } = running(store).await;
        let mut end = ended(&job, status);
        end.error = (status != Status::Succeeded).then(failure);
        assert!(store.finish(lease, &end).await.unwrap());
        let expected = Job { revision: job.revision + 1, ..end };
        assert_eq!(stored(store, &job).await, expected);
    }
}

async fn a_late_writer_is_refused(store: &dyn Store) {
    let late = running(store).await;
    let holder = store.claim(late.job.id, at(20), LEASE).await.unwrap().unwrap();
    refuses(store, late.lease, &late.job).await;
    assert_eq!(stored(store, &late.job).await, holder.job);
    assert_eq!(store.renew(holder.lease, at(50)).await.unwrap(), Renewal::Held);
}

/// Every write with `lease`, none of which may do anything.
pub(super) async fn refuses(store: &dyn Store, lease: Lease, job: &Job) {
    let notes = super::products::notes(7, "late");
    let transcript = samples::transcript(std::time::Duration::from_secs(10));
    assert_eq!(store.renew(lease, at(9000)).await.unwrap(), Renewal::Lost);
    assert!(!store.save(lease, job).await.unwrap());
    assert!(!store.release(lease, &back(job), at(21)).await.unwrap());
    assert!(!store.finish(lease, &ended(job, Status::Failed)).await.unwrap());
    assert!(!store.put_transcript(lease, &transcript).await.unwrap());
    assert!(!store.put_notes(lease, std::slice::from_ref(&notes)).await.unwrap());
    assert!(store.list_notes(job.id).await.unwrap().iter().all(|it| *it != notes));
    assert_ne!(store.find_transcript(job.id).await.unwrap(), Some(transcript));
}

async fn each_write_raises_the_revision(store: &dyn Store) {
    let Claim { job, lease, .. } = running(store).await;
    assert_eq!(job.revision, 1, "inserted as 0, then claimed");
    store.save(lease, &job).await.unwrap();
    assert_eq!(stored(store, &job).await.revision, 2);
    store.put_transcript(lease, &samples::transcript(LEASE)).await.unwrap();
    assert_eq!(stored(store, &job).await.revision, 3);
    store.put_notes(lease, &[super::products::notes(0, "first")]).await.unwrap();
    assert_eq!(stored(store, &job).await.revision, 4);
    store.cancel(job.id, &failure(), at(1), at(1000)).await.unwrap();
    assert_eq!(stored(store, &job).await.revision, 5);
    store.release(lease, &back(&job), at(2)).await.unwrap();
    assert_eq!(stored(store, &job).await.revision, 6);
    store.cancel(job.id, &failure(), at(3), at(1000)).await.unwrap();
    assert_eq!(stored(store, &job).await.revision, 7);
}
