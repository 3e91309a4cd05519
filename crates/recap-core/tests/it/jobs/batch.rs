//! A batch makes jobs and ends when they have.

use std::time::Duration;

use recap_core::error::Failure;
use recap_core::job::{
    BatchCounts, BatchInput, BatchItem, Job, JobInput, Owner, Told, WaitingReason,
};
use recap_core::ports::{
    Cancel, Entry, JobFilter, MediaError, Queue as _, Store as _, Webhooks as _,
};
use recap_core::webhook::EventType;
use recap_core::{ErrorCode, JobId, JobKind, Status, VideoId};
use recap_testkit::fakes::{Reply, TestJobs};
use recap_testkit::samples;

fn item(video: Option<&str>) -> BatchItem {
    let bad = || Failure::from(ErrorCode::InvalidUrl);
    let id: Option<VideoId> = video.map(|it| it.parse().unwrap());
    BatchItem {
        url: video.unwrap_or("nonsense").to_owned(),
        video: id,
        job: None,
        error: video.is_none().then(bad),
    }
}

async fn submit(jobs: &TestJobs, playlist: Option<&str>, items: Vec<BatchItem>) -> JobId {
    let playlist = playlist.map(|it| it.parse().unwrap());
    let batch = Some(BatchInput { kind: JobKind::Summary, playlist, max_items: 2 });
    let input = JobInput { video_id: None, batch, ..samples::input() };
    let now = jobs.clock.now();
    let end = now + jobs.cx.policy.max_age;
    let job = Job { items, ..Job::new(Owner::default(), JobKind::Batch, input, now, end) };
    jobs.store.insert(&job, false).await.unwrap();
    jobs.queue.push(&[Entry::new(&job, 0)], Duration::ZERO).await.unwrap();
    job.id
}

async fn children(jobs: &TestJobs, batch: JobId) -> Vec<Job> {
    let filter = JobFilter { batch: Some(batch), limit: 100, ..JobFilter::default() };
    jobs.store.list(&filter).await.unwrap().jobs
}

#[tokio::test]
async fn a_bad_item_fails_alone() {
    let jobs = TestJobs::new();
    let endpoint = samples::endpoint(Owner::default());
    jobs.store.insert_endpoint(&endpoint, 20).await.unwrap();
    let private = MediaError::Permanent(ErrorCode::VideoPrivate.into());
    jobs.media.then(Reply::Fail(private));
    let items = vec![item(Some("aaaaaaaaaaa")), item(None), item(Some("bbbbbbbbbbb"))];
    let batch = submit(&jobs, None, items).await;
    jobs.drain().await;
    assert_eq!(jobs.job(batch).waiting_reason, Some(WaitingReason::Children));
    // The jobs wait outside the queue until there is room.
    jobs.reconcile().await;
    jobs.drain().await;

    let done = jobs.job(batch);
    assert_eq!(done.status, Status::Succeeded);
    let expected = BatchCounts { total: 3, succeeded: 1, failed: 2, ..BatchCounts::default() };
    assert_eq!(done.counts, expected);
    assert!(done.items.iter().all(|it| it.job.is_some() != it.error.is_some()));
    let told: Vec<EventType> = jobs.store.deliveries().iter().map(|it| it.event).collect();
    let count = |event| told.iter().filter(|it| **it == event).count();
    assert_eq!(count(EventType::BatchCompleted), 1);
    assert_eq!((count(EventType::JobCompleted), count(EventType::JobFailed)), (1, 1));
}

#[tokio::test]
async fn a_playlist_is_listed_once_and_bounded() {
    let jobs = TestJobs::new();
    let batch = submit(&jobs, Some("PLaaaaaaaaaaaaaaaaaaa"), vec![]).await;
    jobs.drain().await;
    assert_eq!(jobs.job(batch).items.len(), 2);
    // Again, as after a crash: no second listing, and no second jobs.
    jobs.queue.lose();
    jobs.clock.advance(Duration::from_mins(3));
    jobs.reconcile().await;
    jobs.drain().await;
    jobs.reconcile().await;
    jobs.drain().await;
    assert_eq!((jobs.media.playlist_calls().len(), children(&jobs, batch).await.len()), (1, 2));
    assert_eq!(jobs.job(batch).status, Status::Succeeded);
}

async fn cancel(jobs: &TestJobs, job: JobId) {
    let (desk, now) = (jobs.cx.desk(), jobs.clock.now());
    assert_eq!(desk.cancel(job, now).await.unwrap(), Cancel::Canceled);
    desk.follow_up(job, now).await.unwrap();
}

#[tokio::test]
async fn the_jobs_of_a_canceled_batch_are_canceled_whoever_dies() {
    let jobs = TestJobs::new();
    let items = vec![item(Some("aaaaaaaaaaa")), item(Some("bbbbbbbbbbb"))];
    let batch = submit(&jobs, None, items).await;
    jobs.drain().await;
    let now = jobs.clock.now();
    // Whoever canceled it died before the rest was done.
    assert_eq!(jobs.cx.desk().cancel(batch, now).await.unwrap(), Cancel::Canceled);
    jobs.clock.advance(Duration::from_secs(11));
    jobs.reconcile().await;
    let statuses: Vec<Status> = children(&jobs, batch).await.iter().map(|it| it.status).collect();
    assert_eq!(statuses, [Status::Canceled; 2]);
    assert_eq!(jobs.job(batch).told, Told::End);
}

#[tokio::test]
async fn the_end_of_a_batch_is_told_when_its_last_job_has_ended() {
    let jobs = TestJobs::new();
    let endpoint = samples::endpoint(Owner::default());
    jobs.store.insert_endpoint(&endpoint, 20).await.unwrap();
    let batch = submit(&jobs, None, vec![item(Some("aaaaaaaaaaa"))]).await;
    jobs.drain().await;
    let child = children(&jobs, batch).await[0].clone();
    let lease = Duration::from_mins(1);
    let claim = jobs.store.claim(child.id, jobs.clock.now(), lease).await.unwrap().unwrap();
    cancel(&jobs, batch).await;
    let told = || jobs.store.deliveries().iter().any(|it| it.event == EventType::BatchCompleted);
    assert!(!told(), "one of its jobs still runs");
    let now = jobs.clock.now();
    let ended = Job { status: Status::Canceled, completed_at: Some(now), ..claim.job };
    assert!(jobs.store.finish(claim.lease, &ended).await.unwrap());
    jobs.cx.desk().follow_up(child.id, now).await.unwrap();
    assert!(told());
}

#[tokio::test]
async fn canceling_a_batch_cancels_its_jobs() {
    let jobs = TestJobs::new();
    let endpoint = samples::endpoint(Owner::default());
    jobs.store.insert_endpoint(&endpoint, 20).await.unwrap();
    let items = vec![item(Some("aaaaaaaaaaa")), item(None), item(Some("bbbbbbbbbbb"))];
    let batch = submit(&jobs, None, items).await;
    jobs.drain().await;
    cancel(&jobs, batch).await;
    let statuses: Vec<Status> = children(&jobs, batch).await.iter().map(|it| it.status).collect();
    assert_eq!(statuses, [Status::Canceled; 2]);
    assert_eq!(jobs.media.calls(), []);
    let told = jobs.store.deliveries();
    let message = told.iter().find(|it| it.event == EventType::BatchCompleted).unwrap();
    let payload: serde_json::Value = serde_json::from_str(&message.payload).unwrap();
    let counts = &payload["data"]["counts"];
    assert_eq!((&counts["canceled"], &counts["failed"]), (&2.into(), &1.into()), "{payload:#}");
}
