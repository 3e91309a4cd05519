//! What the summariser says, and what becomes of the job.

use recap_core::job::WaitingReason;
use recap_core::ports::SummarizerError;
use recap_core::{ErrorCode, Status};
use recap_testkit::fakes::SummarizerCall::{Combine, Notes};
use recap_testkit::fakes::{Reply, TestJobs};
use std::time::Duration;

use super::{A_WHILE, much_later, summarize};

const HOUR: Duration = Duration::from_hours(1);

fn transient() -> SummarizerError {
    SummarizerError::Transient("told to fail".into())
}

#[tokio::test]
async fn a_retry_reads_only_what_is_missing() {
    let jobs = TestJobs::new();
    jobs.summarizer.then_notes(Reply::Default).then_notes(Reply::Fail(transient()));
    let job = summarize(&jobs).await;
    assert_eq!((job.status, job.progress.segments_done), (Status::Queued, 1));

    jobs.after(A_WHILE).await;
    assert_eq!(jobs.job(job.id).status, Status::Succeeded);
    assert_eq!(jobs.summarizer.calls(), [Notes(0), Notes(1), Notes(1), Combine(2)]);
    assert_eq!(jobs.media.calls().len(), 1);
}

#[tokio::test]
async fn the_last_attempt_takes_the_fallback() {
    let jobs = TestJobs::new();
    for _ in 0..4 {
        jobs.summarizer.then_notes(Reply::Fail(transient()));
    }
    let job = summarize(&jobs).await;
    for _ in 0..3 {
        jobs.after(HOUR).await;
    }
    let job = jobs.job(job.id);
    assert_eq!(job.status, Status::Succeeded);
    assert_eq!(job.degraded.as_deref(), Some("extractive_fallback"));
    assert_eq!(job.warnings.len(), 1);
    assert_eq!(jobs.fallback.calls(), [Notes(0)]);
    assert_eq!(jobs.summarizer.calls().len(), 6);
}

#[tokio::test]
async fn without_a_fallback_the_job_fails_and_says_that_it_may_be_repeated() {
    let jobs = TestJobs::with(|cx| cx.fallback = None);
    for _ in 0..4 {
        jobs.summarizer.then_notes(Reply::Fail(transient()));
    }
    let job = summarize(&jobs).await;
    for _ in 0..3 {
        jobs.after(HOUR).await;
    }
    let failure = jobs.job(job.id).error.unwrap();
    assert_eq!((failure.code, failure.retryable), (ErrorCode::SummarizerUnavailable, true));
}

#[tokio::test]
async fn a_spent_quota_is_waited_for_and_is_no_attempt() {
    let jobs = TestJobs::new();
    let until = jobs.clock.now() + HOUR * 7;
    jobs.summarizer.then_notes(Reply::Fail(SummarizerError::QuotaSpent { until }));
    let job = summarize(&jobs).await;
    assert_eq!((job.status, job.attempts, job.retry_at), (Status::Queued, 0, Some(until)));
    assert_eq!(job.waiting_reason, Some(WaitingReason::Quota));

    much_later(&jobs, HOUR * 7).await;
    assert_eq!(jobs.job(job.id).status, Status::Succeeded);
}

#[tokio::test]
async fn a_rate_limit_is_a_pause_and_is_no_attempt() {
    let jobs = TestJobs::new();
    let retry_after = Duration::from_secs(34);
    jobs.summarizer.then_notes(Reply::Fail(SummarizerError::RateLimited { retry_after }));
    let job = summarize(&jobs).await;
    assert_eq!((job.attempts, job.retry_at), (0, Some(jobs.clock.now() + retry_after)));

    jobs.after(retry_after).await;
    assert_eq!(jobs.job(job.id).status, Status::Succeeded);
}

#[tokio::test]
async fn a_rate_limit_without_a_wait_is_no_endless_loop() {
    let jobs = TestJobs::new();
    let retry_after = Duration::ZERO;
    jobs.summarizer.then_notes(Reply::Fail(SummarizerError::RateLimited { retry_after }));
    let job = summarize(&jobs).await;
    assert_eq!((job.status, job.attempts), (Status::Queued, 0));
    assert_eq!(job.retry_at, Some(jobs.clock.now() + jobs.cx.policy.retry.base));
}

#[tokio::test]
async fn a_refused_segment_is_left_out_and_said() {
    let jobs = TestJobs::new();
    jobs.summarizer.then_notes(Reply::Fail(SummarizerError::Blocked));
    let job = summarize(&jobs).await;
    assert_eq!(job.status, Status::Succeeded);
    assert_eq!(job.degraded.as_deref(), Some("segments_blocked"));
    let coverage = job.result.unwrap().coverage;
    assert!(coverage > 0.5 && coverage < 0.7, "{coverage}");
}

#[tokio::test]
async fn a_video_that_is_refused_whole_fails() {
    let jobs = TestJobs::new();
    for _ in 0..2 {
        jobs.summarizer.then_notes(Reply::Fail(SummarizerError::Blocked));
    }
    let failure = summarize(&jobs).await.error.unwrap();
    assert_eq!((failure.code, failure.retryable), (ErrorCode::SummarizerBlocked, false));
}

#[tokio::test]
async fn a_refused_key_fails_at_once_with_the_mend() {
    let jobs = TestJobs::new();
    let problem = "the key is not valid; check GEMINI_API_KEY";
    jobs.summarizer.then_notes(Reply::Fail(SummarizerError::Unauthorized { problem }));
    let failure = summarize(&jobs).await.error.unwrap();
    assert_eq!(failure.code, ErrorCode::SummarizerUnauthorized);
    assert_eq!(failure.detail, problem);
}
