//! A store that is away ends no work, and a job that may be poison runs alone.
//! The tests' time jumps ahead whenever everyone waits.

use std::sync::Arc;
use std::time::Duration;

use recap_core::jobs::{JobPayload, Reconciler};
use recap_core::ports::{Handler as _, Lease, Store as _};
use recap_core::{ErrorCode, JobKind, Status};
use recap_testkit::fakes::{Reply, TestJobs};
use recap_testkit::samples;

/// Until the runner waits for something that does not come.
async fn settle() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn work_goes_on_while_the_store_is_away() {
    let jobs = TestJobs::new();
    jobs.media.then(Reply::Hang);
    let id = jobs.submit(JobKind::Summary).await;
    let runner = jobs.runner();
    let lease = jobs.cx.policy.lease;
    let handling = runner.handle(JobPayload::Summarize { job: id });
    let outage = async {
        settle().await;
        jobs.store.fail(true);
        jobs.clock.advance(lease * 3);
        tokio::time::sleep(lease * 3).await;
        jobs.store.fail(false);
        tokio::time::sleep(Duration::from_secs(2)).await;
        // Renewed: nobody else may have it.
        assert!(jobs.store.claim(id, jobs.clock.now(), lease).await.unwrap().is_none());
    };
    tokio::select! {
        () = handling => panic!("the work was given up"),
        () = outage => {}
    }
}

#[tokio::test(start_paused = true)]
async fn a_running_job_ends_with_its_life() {
    let jobs = TestJobs::new();
    jobs.media.then(Reply::Hang);
    let id = jobs.submit(JobKind::Summary).await;
    let runner = jobs.runner();
    let handling = runner.handle(JobPayload::Summarize { job: id });
    let late = async {
        settle().await;
        jobs.clock.advance(jobs.cx.policy.max_age);
    };
    let began = tokio::time::Instant::now();
    tokio::join!(handling, late);
    assert_eq!(jobs.job(id).status, Status::Expired);
    assert_eq!(jobs.job(id).error.unwrap().code, ErrorCode::Expired);
    assert!(began.elapsed() <= Duration::from_secs(2), "{:?}", began.elapsed());
}

#[tokio::test]
async fn after_an_outage_workers_may_renew_before_their_jobs_count_as_lost() {
    let jobs = TestJobs::new();
    let id = jobs.submit(JobKind::Summary).await;
    let lease = jobs.cx.policy.lease;
    jobs.store.claim(id, jobs.clock.now(), lease).await.unwrap().unwrap();
    jobs.queue.lose();
    let mut reconciler = Reconciler::new(Arc::clone(&jobs.cx));

    jobs.store.fail(true);
    assert!(reconciler.pass().await.is_err());
    jobs.clock.advance(lease * 2);
    jobs.store.fail(false);
    reconciler.pass().await.unwrap();
    assert!(jobs.queue.waiting().is_empty());

    jobs.clock.advance(lease);
    reconciler.pass().await.unwrap();
    assert_eq!(jobs.queue.waiting().len(), 1);
}

/// How long a running job waits for the store here.
const OUTAGE: Duration = Duration::from_mins(2);

fn patient() -> TestJobs {
    TestJobs::with(|cx| cx.policy.outage = OUTAGE)
}

#[tokio::test(start_paused = true)]
async fn an_outage_is_sat_out_and_its_time_counts() {
    let jobs = patient();
    jobs.media.then(Reply::Hang);
    let id = jobs.submit(JobKind::Summary).await;
    let (lease, submitted) = (jobs.cx.policy.lease, jobs.clock.now());
    let runner = jobs.runner();
    let handling = runner.handle(JobPayload::Summarize { job: id });
    jobs.store.fail(true);
    let outage = async {
        tokio::time::sleep(lease).await;
        jobs.clock.advance(lease);
        jobs.store.fail(false);
        tokio::time::sleep(Duration::from_secs(3)).await;
        // Claimed when the store was back, for a whole lease.
        assert_eq!(jobs.job(id).started_at, Some(submitted + lease));
        let later = submitted + lease + lease * 3 / 4;
        assert!(jobs.store.claim(id, later, lease).await.unwrap().is_none());
        let held = Lease { job: id, fence: 1 };
        assert!(jobs.store.save(held, &jobs.job(id)).await.unwrap());
    };
    tokio::select! {
        () = handling => panic!("the work was given up"),
        () = outage => {}
    }
}

#[tokio::test(start_paused = true)]
async fn an_outage_in_the_middle_costs_no_work() {
    let jobs = patient();
    let id = jobs.submit(JobKind::Summary).await;
    let outage = async {
        while jobs.summarizer.calls().is_empty() {
            tokio::task::yield_now().await;
        }
        jobs.store.fail(true);
        tokio::time::sleep(OUTAGE / 2).await;
        jobs.store.fail(false);
    };
    tokio::join!(jobs.drain(), outage);
    let job = jobs.job(id);
    assert_eq!((job.status, job.attempts), (Status::Succeeded, 0));
    assert_eq!((jobs.media.calls().len(), jobs.summarizer.calls().len()), (1, 3));
}

#[tokio::test(start_paused = true)]
async fn patience_has_an_end() {
    let jobs = patient();
    let id = jobs.submit(JobKind::Summary).await;
    jobs.store.fail(true);
    let began = tokio::time::Instant::now();
    jobs.runner().handle(JobPayload::Summarize { job: id }).await;
    assert!(began.elapsed() <= OUTAGE && began.elapsed() > OUTAGE / 2);
    jobs.store.fail(false);
    assert_eq!(jobs.job(id).status, Status::Queued);
}

#[tokio::test(start_paused = true)]
async fn who_only_looks_is_told_at_once() {
    let jobs = patient();
    let id = jobs.submit(JobKind::Summary).await;
    jobs.store.fail(true);
    let began = tokio::time::Instant::now();
    assert!(jobs.cx.store.find(id).await.is_err());
    assert!(jobs.cx.desk().cancel(id, jobs.clock.now()).await.is_err());
    assert!(Reconciler::new(Arc::clone(&jobs.cx)).pass().await.is_err());
    assert_eq!(began.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn two_with_their_last_chance_do_not_share_a_worker() {
    let jobs = TestJobs::new();
    let lease = jobs.cx.policy.lease;
    let mut ids = Vec::new();
    for _ in 0..2 {
        let input = recap_core::job::JobInput {
            cache: recap_core::job::CacheMode::Bypass,
            ..samples::input()
        };
        let owner = recap_core::job::Owner::default();
        let id = jobs.submit_of(owner, JobKind::Summary, input).await;
        ids.push(id);
    }
    for _ in 0..2 {
        for id in &ids {
            jobs.store.claim(*id, jobs.clock.now(), lease).await.unwrap().unwrap();
        }
        jobs.clock.advance(lease);
    }
    jobs.media.then(Reply::Hang);
    let runner = jobs.runner();
    let first = runner.handle(JobPayload::Summarize { job: ids[0] });
    let second = async {
        settle().await;
        runner.handle(JobPayload::Summarize { job: ids[1] }).await;
    };
    tokio::select! {
        () = first => panic!("it hangs"),
        () = second => {}
    }
    assert_eq!(jobs.job(ids[1]).status, Status::Queued);
    // What it was put off for is no reason to forget what it did.
    jobs.clock.advance(Duration::from_secs(5));
    let again = jobs.store.claim(ids[1], jobs.clock.now(), lease).await.unwrap().unwrap();
    assert_eq!((again.crashes, again.job.attempts), (2, 0));
}
