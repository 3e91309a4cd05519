//! A batch makes jobs and ends when they have.

use std::time::Duration;

use recap_core::error::Failure;
use recap_core::job::{BatchCounts, BatchInput, BatchItem, Job, JobInput, Owner, WaitingReason};
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

#[tokio::test]
async fn canceling_a_batch_cancels_its_jobs() {
    let jobs = TestJobs::new();
    let batch =
        submit(&jobs, None, vec![item(Some("aaaaaaaaaaa")), item(Some("bbbbbbbbbbb"))]).await;
    jobs.drain().await;
    let outcome = jobs.cx.desk().cancel(batch, jobs.clock.now()).await.unwrap();
    assert_eq!(outcome, Cancel::Canceled);
    let statuses: Vec<Status> = children(&jobs, batch).await.iter().map(|it| it.status).collect();
    assert_eq!(statuses, [Status::Canceled; 2]);
    assert_eq!(jobs.media.calls(), []);
}
