//! What a crash, a lost entry or a store that is away leaves behind is found.

use std::time::Duration;

use recap_core::ports::Store as _;
use recap_core::{ErrorCode, JobKind, Status};
use recap_testkit::fakes::SummarizerCall::{Combine, Notes};
use recap_testkit::fakes::{Reply, TestJobs};

use super::{A_WHILE, summarize};

const HOUR: Duration = Duration::from_hours(1);

#[tokio::test]
async fn a_lost_entry_is_pushed_again_once_per_patience() {
    let jobs = TestJobs::new();
    let id = jobs.submit(JobKind::Summary).await;
    jobs.queue.lose();
    jobs.reconcile().await;
    assert!(jobs.queue.waiting().is_empty(), "the queue deserves some patience");

    jobs.clock.advance(jobs.cx.policy.patience * 2);
    jobs.reconcile().await;
    jobs.reconcile().await;
    assert_eq!(jobs.queue.waiting().len(), 1);
    jobs.drain().await;
    assert_eq!(jobs.job(id).status, Status::Succeeded);
}

#[tokio::test(start_paused = true)]
async fn a_job_of_a_dead_worker_goes_on_at_its_last_segment() {
    let jobs = TestJobs::new();
    jobs.summarizer.then_notes(Reply::Default).then_notes(Reply::Hang);
    let id = jobs.submit(JobKind::Summary).await;
    // A worker that dies: its future is dropped in the middle of segment 2.
    let dying = tokio::time::timeout(Duration::from_millis(50), jobs.drain()).await;
    assert!(dying.is_err());
    assert_eq!(jobs.job(id).status, Status::Running);

    jobs.clock.advance(jobs.cx.policy.lease + jobs.cx.policy.patience);
    jobs.reconcile().await;
    jobs.drain().await;
    assert_eq!(jobs.job(id).status, Status::Succeeded);
    assert_eq!(jobs.summarizer.calls(), [Notes(0), Notes(1), Notes(1), Combine(2)]);
    assert_eq!(jobs.media.calls().len(), 1);
}

#[tokio::test]
async fn a_job_that_kills_its_worker_three_times_is_poison() {
    let jobs = TestJobs::new();
    let id = jobs.submit(JobKind::Summary).await;
    for _ in 0..3 {
        let claim = jobs.store.claim(id, jobs.clock.now(), jobs.cx.policy.lease).await.unwrap();
        assert!(claim.is_some());
        jobs.clock.advance(jobs.cx.policy.lease);
    }
    jobs.drain().await;
    let job = jobs.job(id);
    assert_eq!(job.status, Status::Failed);
    assert_eq!(job.error.unwrap().code, ErrorCode::Poison);
    assert!(jobs.media.calls().is_empty());
}

#[tokio::test]
async fn a_failed_attempt_is_no_crash() {
    let jobs = TestJobs::new();
    for _ in 0..3 {
        let error = recap_core::ports::SummarizerError::Transient("told to fail".into());
        jobs.summarizer.then_notes(Reply::Fail(error));
    }
    let job = summarize(&jobs).await;
    for _ in 0..3 {
        jobs.after(HOUR).await;
    }
    assert_eq!(jobs.job(job.id).status, Status::Succeeded);
}

#[tokio::test]
async fn a_store_that_is_away_loses_nothing() {
    let jobs = TestJobs::new();
    let id = jobs.submit(JobKind::Summary).await;
    jobs.store.fail(true);
    jobs.drain().await;
    jobs.store.fail(false);

    jobs.clock.advance(jobs.cx.policy.patience * 2);
    jobs.reconcile().await;
    jobs.drain().await;
    assert_eq!(jobs.job(id).status, Status::Succeeded);
}

#[tokio::test]
async fn a_queue_that_is_away_delays_a_retry_but_does_not_lose_it() {
    let jobs = TestJobs::new();
    let error = recap_core::ports::SummarizerError::Transient("told to fail".into());
    jobs.summarizer.then_notes(Reply::Fail(error));
    let id = jobs.submit(JobKind::Summary).await;
    let runner = jobs.runner();
    jobs.queue.lose();
    jobs.queue.fail(true);
    let payload = recap_core::jobs::JobPayload::new(JobKind::Summary, id);
    recap_core::ports::Handler::handle(&runner, payload).await;
    assert_eq!(jobs.job(id).attempts, 1);

    jobs.queue.fail(false);
    jobs.clock.advance(A_WHILE + jobs.cx.policy.patience);
    jobs.reconcile().await;
    jobs.drain().await;
    assert_eq!(jobs.job(id).status, Status::Succeeded);
}

#[tokio::test]
async fn an_ended_job_is_forgotten_when_its_time_is_over() {
    let jobs = TestJobs::new();
    let job = summarize(&jobs).await;
    jobs.clock.advance(jobs.cx.policy.retention.saturating_sub(HOUR));
    jobs.reconcile().await;
    assert!(jobs.store.job(job.id).is_some());
    jobs.clock.advance(HOUR);
    jobs.reconcile().await;
    assert!(jobs.store.job(job.id).is_none());
}
