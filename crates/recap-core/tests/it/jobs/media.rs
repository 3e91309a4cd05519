//! What YouTube says, and what becomes of the job.

use std::time::Duration;

use jiff::Timestamp;
use recap_core::job::WaitingReason;
use recap_core::ports::MediaError;
use recap_core::{ErrorCode, Status};
use recap_testkit::fakes::{Reply, TestJobs};
use recap_testkit::samples;

use super::{A_WHILE, much_later, summarize};

const HOUR: Duration = Duration::from_hours(1);

fn transient() -> MediaError {
    MediaError::Transient { failure: ErrorCode::Network.into(), after: None, source: None }
}

#[tokio::test]
async fn what_never_works_fails_at_once() {
    let jobs = TestJobs::new();
    jobs.media.then(Reply::Fail(MediaError::Permanent(ErrorCode::VideoPrivate.into())));
    let job = summarize(&jobs).await;

    assert_eq!(job.status, Status::Failed);
    let failure = job.error.unwrap();
    assert_eq!((failure.code, failure.retryable), (ErrorCode::VideoPrivate, false));
    assert_eq!(job.attempts, 0);
}

#[tokio::test]
async fn what_fails_in_passing_is_tried_again() {
    let jobs = TestJobs::new();
    jobs.media.then(Reply::Fail(transient()));
    let job = summarize(&jobs).await;
    assert_eq!((job.status, job.attempts), (Status::Queued, 1));
    assert_eq!(job.waiting_reason, Some(WaitingReason::Retry));
    assert_eq!(job.last_error.unwrap().code, ErrorCode::Network);
    assert!(job.error.is_none());

    jobs.after(A_WHILE).await;
    let job = jobs.job(job.id);
    assert_eq!(job.status, Status::Succeeded);
    assert!(job.last_error.is_none() && job.retry_at.is_none() && job.waiting_reason.is_none());
}

#[tokio::test]
async fn attempts_come_to_an_end() {
    let jobs = TestJobs::new();
    for _ in 0..4 {
        jobs.media.then(Reply::Fail(transient()));
    }
    let job = summarize(&jobs).await;
    for _ in 0..3 {
        jobs.after(HOUR).await;
    }
    let job = jobs.job(job.id);
    assert_eq!((job.status, job.attempts), (Status::Failed, 4));
    assert_eq!(job.error.unwrap().code, ErrorCode::Network);
    assert_eq!(jobs.media.calls().len(), 4);
}

#[tokio::test]
async fn a_block_is_waited_out() {
    let jobs = TestJobs::new();
    let failure = ErrorCode::BlockedBotCheck.into();
    jobs.media.then(Reply::Fail(MediaError::Blocked { failure, after: HOUR }));
    let job = summarize(&jobs).await;
    assert_eq!(job.waiting_reason, Some(WaitingReason::Blocked));
    assert!(job.retry_at.unwrap() >= jobs.clock.now() + HOUR);

    much_later(&jobs, HOUR / 2).await;
    assert_eq!(jobs.job(job.id).status, Status::Queued);
    much_later(&jobs, HOUR).await;
    assert_eq!(jobs.job(job.id).status, Status::Succeeded);
    // What waits for long does not lie in the queue: the first push, and the last.
    assert_eq!(jobs.queue.pushes().len(), 2);
}

#[tokio::test]
async fn a_premiere_is_waited_for_beyond_the_age_of_a_job() {
    let jobs = TestJobs::new();
    let until = jobs.clock.now() + HOUR * 24 * 5;
    let failure = ErrorCode::VideoNotStarted.into();
    jobs.media.then(Reply::Fail(MediaError::NotYet { failure, until: Some(until) }));
    let job = summarize(&jobs).await;
    assert_eq!(job.waiting_reason, Some(WaitingReason::NotStarted));
    assert_eq!((job.attempts, job.retry_at), (0, Some(until)));
    assert!(job.expires_at > until);

    jobs.after(HOUR * 24 * 4).await;
    jobs.reconcile().await;
    assert_eq!(jobs.job(job.id).status, Status::Queued);
    much_later(&jobs, HOUR * 25).await;
    assert_eq!(jobs.job(job.id).status, Status::Succeeded);
}

#[tokio::test]
async fn a_premiere_at_the_end_of_time_is_no_crash() {
    let jobs = TestJobs::new();
    let until = Timestamp::MAX;
    let failure = ErrorCode::VideoNotStarted.into();
    jobs.media.then(Reply::Fail(MediaError::NotYet { failure, until: Some(until) }));
    let job = summarize(&jobs).await;
    assert_eq!((job.status, job.retry_at), (Status::Queued, Some(until)));
    assert_eq!(job.expires_at, until);
}

#[tokio::test]
async fn a_premiere_that_never_comes_ends_at_the_age_of_a_job() {
    let jobs = TestJobs::new();
    let past = jobs.clock.now() - HOUR;
    for round in 0..200 {
        let failure = ErrorCode::VideoNotStarted.into();
        // YouTube names no time, or one that has long passed.
        let until = (round % 2 == 0).then_some(past);
        jobs.media.then(Reply::Fail(MediaError::NotYet { failure, until }));
    }
    let job = summarize(&jobs).await;
    let mut rounds = 0;
    while !jobs.job(job.id).status.is_terminal() && rounds < 200 {
        jobs.after(HOUR / 2).await;
        jobs.reconcile().await;
        rounds += 1;
    }
    assert_eq!((jobs.job(job.id).status, rounds), (Status::Expired, 96));
}

#[tokio::test]
async fn a_live_video_is_looked_at_again_until_the_job_expires() {
    let jobs = TestJobs::new();
    for _ in 0..200 {
        let failure = ErrorCode::VideoLive.into();
        jobs.media.then(Reply::Fail(MediaError::NotYet { failure, until: None }));
    }
    let job = summarize(&jobs).await;
    assert_eq!(job.waiting_reason, Some(WaitingReason::Live));
    let mut rounds = 0;
    while !jobs.job(job.id).status.is_terminal() && rounds < 200 {
        jobs.after(HOUR / 2).await;
        jobs.reconcile().await;
        rounds += 1;
    }
    let job = jobs.job(job.id);
    assert_eq!((job.status, rounds), (Status::Expired, 96));
    assert_eq!(job.error.unwrap().code, ErrorCode::Expired);
}

#[tokio::test]
async fn a_video_beyond_the_limit_is_refused() {
    let jobs = TestJobs::with(|cx| cx.policy.max_video = Duration::from_mins(5));
    let job = summarize(&jobs).await;
    assert_eq!(job.error.unwrap().code, ErrorCode::VideoTooLong);
}

#[tokio::test]
async fn a_transcript_that_ends_early_covers_a_part() {
    let jobs = TestJobs::new();
    let mut captions = samples::captions(samples::video_id());
    captions.transcript = samples::transcript(Duration::from_mins(6));
    jobs.media.then(Reply::Answer(captions));
    let job = summarize(&jobs).await;
    let coverage = job.transcript.unwrap().coverage;
    assert!((0.49..0.51).contains(&coverage), "{coverage}");
}
