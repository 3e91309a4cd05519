//! What was done before, or is being done by another job, is not done again.

use recap_core::job::{CacheLevel, CacheMode, JobInput, OwnTranscript, Owner, WaitingReason};
use recap_core::jobs::{JobPayload, finished_from, recipe_key, summary_key};
use recap_core::ports::{Cache as _, Handler as _, Lease, Store as _, SummarizerError};
use recap_core::{ErrorCode, Job, JobId, JobKind, Status};
use recap_testkit::fakes::{Reply, SummarizerCall, TestJobs};
use recap_testkit::samples;

use super::{much_later, summarize};

async fn submit(jobs: &TestJobs, cache: CacheMode) -> JobId {
    let input = JobInput { cache, ..samples::input() };
    jobs.submit_of(Owner::default(), JobKind::Summary, input).await
}

async fn ended(jobs: &TestJobs, cache: CacheMode) -> Job {
    let id = submit(jobs, cache).await;
    jobs.drain().await;
    jobs.job(id)
}

/// Another job that does the same, in the hands of a worker of its own.
async fn leader(jobs: &TestJobs) -> Lease {
    let id = submit(jobs, CacheMode::Use).await;
    let now = jobs.clock.now();
    let claim = jobs.store.claim(id, now, jobs.cx.policy.lease).await.unwrap().unwrap();
    let work = format!("summary:{}:2/auto/detailed/600/1000/scripted/1", samples::video_id());
    assert_eq!(jobs.store.lead(claim.lease, &work, now).await.unwrap(), None);
    claim.lease
}

/// One that comes while the leader is at it.
async fn follower(jobs: &TestJobs) -> JobId {
    let id = submit(jobs, CacheMode::Use).await;
    jobs.runner().handle(JobPayload::Summarize { job: id }).await;
    id
}

#[tokio::test]
async fn a_second_job_has_the_result_of_the_first() {
    let jobs = TestJobs::new();
    let first = summarize(&jobs).await;
    let calls = jobs.summarizer.calls();
    let second = ended(&jobs, CacheMode::Use).await;

    assert_eq!(second.status, Status::Succeeded);
    assert_eq!((&second.result, &second.video), (&first.result, &first.video));
    assert_eq!(second.cache.map(|it| it.level), Some(CacheLevel::Memory));
    assert_eq!(second.usage.calls, 0);
    assert_eq!((jobs.summarizer.calls(), jobs.media.calls().len()), (calls, 1));
    let kept = jobs.store.find_transcript(second.id).await.unwrap();
    assert_eq!(kept, jobs.store.find_transcript(first.id).await.unwrap());
}

#[tokio::test]
async fn who_has_no_summariser_finds_what_workers_keep() {
    let jobs = TestJobs::new();
    assert!(jobs.cache.get(&recipe_key()).await.is_none());
    jobs.reconcile().await;
    let recipe = jobs.cache.get(&recipe_key()).await.unwrap().value;
    let recipe = std::str::from_utf8(&recipe).unwrap();
    assert_eq!(recipe, "600/1000/scripted/1");

    let first = summarize(&jobs).await;
    jobs.clock.advance(jobs.cx.policy.lease);
    let cached = jobs.cache.get(&summary_key(&samples::input(), recipe)).await.unwrap();
    let (asked, now) = (samples::queued(JobKind::Summary), jobs.clock.now());
    let (id, forget_at) = (asked.id, now + jobs.cx.policy.retention);
    let (job, transcript) = finished_from(asked, &cached, now, forget_at).unwrap();
    assert_eq!((job.id, job.status, job.completed_at), (id, Status::Succeeded, Some(now)));
    assert_eq!((&job.result, &job.video), (&first.result, &first.video));
    assert_eq!((job.expires_at, job.progress.percent()), (forget_at, 100));
    assert_eq!(job.cache.map(|it| it.age_seconds), Some(60));
    let kept = jobs.store.find_transcript(first.id).await.unwrap();
    assert_eq!(kept, transcript);
}

#[test]
fn a_title_of_ones_own_is_nobody_elses_business() {
    let key = |title: Option<&str>| {
        let (digest, title) = ("abc".to_owned(), title.map(ToOwned::to_owned));
        let own = Some(OwnTranscript { digest, title, estimated: false });
        summary_key(&JobInput { video_id: None, transcript: own, ..samples::input() }, "r")
    };
    assert_eq!(key(None).to_string(), "summary:abc:2/auto/detailed/r");
    assert_ne!(key(Some("Mine")), key(Some("Yours")));
    assert!(!key(Some("Mine")).to_string().contains("Mine"));
}

#[tokio::test]
async fn a_cache_that_is_not_wanted_is_not_used() {
    for (mode, kept) in [(CacheMode::Refresh, true), (CacheMode::Bypass, false)] {
        let jobs = TestJobs::new();
        assert_eq!(ended(&jobs, mode).await.cache, None);
        assert_eq!(ended(&jobs, mode).await.cache, None);
        assert_eq!(jobs.media.calls().len(), 2, "{mode:?}");
        let third = ended(&jobs, CacheMode::Use).await;
        assert_eq!(third.cache.is_some(), kept, "{mode:?}");
    }
}

#[tokio::test]
async fn a_degraded_summary_is_not_kept() {
    let jobs = TestJobs::new();
    let resting = SummarizerError::Resting { retry_after: jobs.cx.policy.lease };
    jobs.summarizer.then_notes(Reply::Fail(resting));
    let first = summarize(&jobs).await;
    assert_eq!(first.degraded.as_deref(), Some("extractive_fallback"));
    let second = ended(&jobs, CacheMode::Use).await;
    assert_eq!((second.degraded, second.cache), (None, None));
    assert_eq!(jobs.media.calls().len(), 1, "its captions are as good as ever");
}

#[tokio::test]
async fn who_does_the_same_at_the_same_time_waits_for_the_result() {
    let jobs = TestJobs::new();
    let leader = leader(&jobs).await;
    let followers = [follower(&jobs).await, follower(&jobs).await];
    for id in followers {
        let job = jobs.job(id);
        let waits = (job.status, job.waiting_reason, job.follows);
        let expected = (Status::Queued, Some(WaitingReason::Identical), Some(leader.job));
        assert_eq!(waits, expected);
    }
    // The leader's worker hands it back, and another one brings it to its end.
    let id = leader.job;
    jobs.clock.advance(jobs.cx.policy.lease);
    jobs.runner().handle(JobPayload::Summarize { job: id }).await;
    jobs.drain().await;

    let led = jobs.job(id);
    assert_eq!(led.status, Status::Succeeded);
    for id in followers {
        let job = jobs.job(id);
        assert_eq!((job.status, &job.result, job.follows), (Status::Succeeded, &led.result, None));
        assert_eq!(job.cache.map(|it| it.level), Some(CacheLevel::Job));
        assert!(jobs.store.find_transcript(id).await.unwrap().is_some());
    }
    let expected = [SummarizerCall::Notes(0), SummarizerCall::Notes(1), SummarizerCall::Combine(2)];
    assert_eq!((jobs.summarizer.calls().as_slice(), jobs.media.calls().len()), (&expected[..], 1));
}

#[tokio::test]
async fn what_fails_for_good_fails_for_all() {
    let jobs = TestJobs::new();
    let leader = leader(&jobs).await;
    let id = follower(&jobs).await;
    let gone = recap_core::ports::MediaError::Permanent(ErrorCode::VideoPrivate.into());
    jobs.media.then(Reply::Fail(gone));
    jobs.clock.advance(jobs.cx.policy.lease);
    jobs.runner().handle(JobPayload::Summarize { job: leader.job }).await;
    jobs.drain().await;

    assert_eq!(jobs.job(id).error.unwrap().code, ErrorCode::VideoPrivate);
    assert_eq!(jobs.media.calls().len(), 1);
}

#[tokio::test]
async fn a_leader_that_does_not_come_back_is_not_waited_for() {
    let jobs = TestJobs::new();
    leader(&jobs).await;
    let id = follower(&jobs).await;
    jobs.queue.lose();
    much_later(&jobs, jobs.cx.policy.patience * 2).await;
    assert_eq!(jobs.job(id).status, Status::Succeeded);
}

#[tokio::test]
async fn a_canceled_leader_leaves_the_work_to_a_follower() {
    let jobs = TestJobs::new();
    let leader = leader(&jobs).await;
    let id = follower(&jobs).await;
    let (now, failure) = (jobs.clock.now(), ErrorCode::Canceled.into());
    let mut led = jobs.job(leader.job);
    (led.status, led.error, led.completed_at) = (Status::Canceled, Some(failure), Some(now));
    assert!(jobs.store.finish(leader, &led).await.unwrap());

    much_later(&jobs, jobs.cx.policy.patience).await;
    assert_eq!(jobs.job(id).status, Status::Succeeded);
}
