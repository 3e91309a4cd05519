//! Ways to a transcript, each tried when the one before it was left.

use std::time::Duration;

use recap_core::error::{ErrorCode, Failure};
use recap_core::job::{CacheMode, Owner, Rung, WaitingReason};
use recap_core::ports::{Cache as _, MediaError, Resource};
use recap_core::{Job, JobKind, Status};
use recap_testkit::fakes::{Reply, TestJobs};
use recap_testkit::samples;

use super::{much_later, summarize};

fn blocked(minutes: u64) -> Reply<recap_core::ports::Captions, MediaError> {
    let failure = Failure::from(ErrorCode::BlockedBotCheck);
    Reply::Fail(MediaError::Blocked { failure, after: Duration::from_mins(minutes) })
}

fn permanent(code: ErrorCode) -> Reply<recap_core::ports::Captions, MediaError> {
    Reply::Fail(MediaError::Permanent(code.into()))
}

/// Which ways were left, and why.
fn left(job: &Job) -> Vec<(Rung, Option<&str>, ErrorCode)> {
    job.left.iter().map(|it| (it.rung, it.route.as_deref(), it.code)).collect()
}

const CAPTIONS: Rung = Rung::Captions;

#[tokio::test]
async fn a_way_that_is_refused_leads_to_the_next_one() {
    let jobs = TestJobs::with_routes(&["first", "home", "last"]);
    let resting = Reply::Fail(MediaError::Resting { after: Duration::from_mins(50) });
    jobs.media.then(blocked(60)).then(resting);
    let job = summarize(&jobs).await;
    assert_eq!((job.status, job.attempts), (Status::Succeeded, 0));
    let expected = [
        (CAPTIONS, Some("first"), ErrorCode::BlockedBotCheck),
        (CAPTIONS, Some("home"), ErrorCode::RouteResting),
    ];
    assert_eq!(left(&job), expected);
    assert_eq!(jobs.media.routes_taken(), [0, 1, 2]);
    assert_eq!(job.left[0].at, jobs.clock.now());
}

#[tokio::test]
async fn when_all_are_refused_the_job_waits_for_the_first_to_be_free() {
    let jobs = TestJobs::with_routes(&["first", "home"]);
    jobs.media.then(blocked(60)).then(blocked(15));
    let job = summarize(&jobs).await;
    assert_eq!((job.status, job.waiting_reason), (Status::Queued, Some(WaitingReason::Blocked)));
    let wait = job.retry_at.unwrap().duration_since(jobs.clock.now());
    assert!((15..20).contains(&wait.as_mins()), "{wait:?}");

    // What is left a second time is written once, and last.
    jobs.media.then(permanent(ErrorCode::VideoGeoBlocked));
    much_later(&jobs, Duration::from_mins(21)).await;
    let job = jobs.job(job.id);
    assert_eq!(job.status, Status::Succeeded);
    let expected = [
        (CAPTIONS, Some("home"), ErrorCode::BlockedBotCheck),
        (CAPTIONS, Some("first"), ErrorCode::VideoGeoBlocked),
    ];
    assert_eq!(left(&job), expected);
}

#[tokio::test]
async fn what_is_true_of_the_video_is_not_asked_on_another_way() {
    for code in [ErrorCode::VideoPrivate, ErrorCode::NoCaptions] {
        let jobs = TestJobs::with_routes(&["first", "home"]);
        jobs.media.then(permanent(code));
        let job = summarize(&jobs).await;
        assert_eq!((job.status, job.error.as_ref().unwrap().code), (Status::Failed, code));
        assert_eq!(left(&job), [(CAPTIONS, Some("first"), code)]);
        assert_eq!(jobs.media.routes_taken(), [0]);
    }
}

#[tokio::test]
async fn it_is_remembered_for_a_while_by_its_reason() {
    let table = [(ErrorCode::VideoPrivate, 6 * 60), (ErrorCode::NoCaptions, 60)];
    for (code, minutes) in table {
        let jobs = TestJobs::new();
        jobs.media.then(permanent(code));
        summarize(&jobs).await;
        jobs.clock.advance(Duration::from_mins(minutes - 1));
        let job = summarize(&jobs).await;
        assert_eq!(job.error.as_ref().unwrap().code, code);
        assert_eq!(left(&job), [(Rung::Cache, None, code)]);
        assert_eq!(jobs.media.calls().len(), 1);

        // Being told of it does not make it last longer.
        jobs.clock.advance(Duration::from_mins(2));
        jobs.media.then(permanent(code));
        assert_eq!(left(&summarize(&jobs).await), [(CAPTIONS, None, code)]);
        assert_eq!(jobs.media.calls().len(), 2);

        // Who wants it fresh is not told old news, and what is found counts.
        let input = recap_core::job::JobInput { cache: CacheMode::Refresh, ..samples::input() };
        jobs.submit_of(Owner::default(), JobKind::Summary, input).await;
        jobs.drain().await;
        assert_eq!(jobs.media.calls().len(), 3);
        jobs.cache.invalidate(Resource::Transcript, &samples::video_id().to_string()).await;
        assert_eq!(summarize(&jobs).await.status, Status::Succeeded);
    }
}

#[tokio::test]
async fn a_way_that_fails_does_not_end_a_job_that_another_will_do() {
    let jobs = TestJobs::with_routes(&["first", "home"]);
    let mut job = None;
    for _ in 0..jobs.cx.policy.retry.max_attempts {
        let network =
            MediaError::Transient { failure: ErrorCode::Network.into(), after: None, source: None };
        jobs.media.then(Reply::Fail(MediaError::Resting { after: Duration::from_mins(50) }));
        jobs.media.then(Reply::Fail(network));
        if job.is_none() {
            job = Some(summarize(&jobs).await.id);
        } else {
            much_later(&jobs, Duration::from_mins(2)).await;
        }
    }
    let job = jobs.job(job.unwrap());
    assert_eq!((job.status, job.waiting_reason), (Status::Queued, Some(WaitingReason::Breaker)));
    assert_eq!(job.last_error.unwrap().code, ErrorCode::RouteResting);
    much_later(&jobs, Duration::from_mins(51)).await;
    assert_eq!(jobs.job(job.id).status, Status::Succeeded);
}

#[tokio::test]
async fn a_block_is_never_remembered_as_what_the_video_is() {
    for refused in [blocked(60), permanent(ErrorCode::CaptionsLocked)] {
        let jobs = TestJobs::new();
        jobs.media.then(refused);
        summarize(&jobs).await;
        jobs.clock.advance(Duration::from_secs(1));
        assert_eq!(summarize(&jobs).await.status, Status::Succeeded);
        assert_eq!(jobs.media.calls().len(), 2);
    }
}
