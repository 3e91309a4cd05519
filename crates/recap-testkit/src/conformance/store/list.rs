//! Lists: what they show, in which order, and page by page.

use std::sync::Arc;

use recap_core::ports::{JobFilter, JobPage, Store};
use recap_core::{Job, JobId, JobKind, Status, VideoId};

use super::{at, moved, sample};
use crate::samples;

pub(super) async fn all(fresh: &impl AsyncFn() -> Arc<dyn Store>) {
    each_filter_is_kept_to(&*fresh().await).await;
    pages_are_stable_while_jobs_are_added(&*fresh().await).await;
    results_are_left_out(&*fresh().await).await;
}

fn everything() -> JobFilter {
    JobFilter { limit: 100, ..JobFilter::default() }
}

async fn ids(store: &dyn Store, filter: JobFilter) -> Vec<JobId> {
    let page = store.list(&filter).await.unwrap();
    assert!(!page.has_more);
    page.jobs.iter().map(|it| it.id).collect()
}

/// A job of each status and kind for two videos, created a second apart;
/// returned newest first.
async fn insert_mixed(store: &dyn Store) -> Vec<Job> {
    let videos: [VideoId; 2] = [samples::video_id(), "aaaaaaaaaaa".parse().unwrap()];
    let mut jobs = Vec::new();
    for (index, video_id) in (0..24).zip(videos.into_iter().cycle()) {
        let kind = if index % 3 == 0 { JobKind::Transcript } else { JobKind::Summary };
        let mut job = sample(kind);
        job.created_at = at(index);
        job.input.video_id = video_id;
        job.status = match index % 6 {
            0 => Status::Queued,
            1 => Status::Running,
            2 => Status::Succeeded,
            3 => Status::Failed,
            4 => Status::Canceled,
            _ => Status::Expired,
        };
        store.insert(&job, false).await.unwrap();
        jobs.push(job);
    }
    jobs.sort_by_key(|it| std::cmp::Reverse(it.id));
    jobs
}

async fn each_filter_is_kept_to(store: &dyn Store) {
    let jobs = insert_mixed(store).await;
    let expect = |keep: &dyn Fn(&Job) -> bool| -> Vec<JobId> {
        jobs.iter().filter(|it| keep(it)).map(|it| it.id).collect()
    };
    let (status, kind, video) = (Status::Failed, JobKind::Summary, samples::video_id());
    let (after, before) = (at(11), jobs[5].id);

    assert_eq!(ids(store, everything()).await, expect(&|_| true));
    let filter = JobFilter { status: Some(status), ..everything() };
    assert_eq!(ids(store, filter).await, expect(&|it| it.status == status));
    let filter = JobFilter { kind: Some(kind), ..everything() };
    assert_eq!(ids(store, filter).await, expect(&|it| it.kind == kind));
    let filter = JobFilter { video: Some(video), ..everything() };
    assert_eq!(ids(store, filter).await, expect(&|it| it.input.video_id == video));
    let filter = JobFilter { created_after: Some(after), ..everything() };
    assert_eq!(ids(store, filter).await, expect(&|it| it.created_at > after));
    let filter = JobFilter { before: Some(before), ..everything() };
    assert_eq!(ids(store, filter).await, expect(&|it| it.id < before));
    let filter = JobFilter {
        status: Some(Status::Canceled),
        kind: Some(kind),
        video: Some(video),
        created_after: Some(at(4)),
        before: Some(jobs[0].id),
        limit: 100,
    };
    let all_of_them = |it: &Job| {
        it.status == Status::Canceled
            && it.kind == kind
            && it.input.video_id == video
            && it.created_at > at(4)
            && it.id < jobs[0].id
    };
    assert_eq!(ids(store, filter).await, expect(&all_of_them));
}

async fn pages_are_stable_while_jobs_are_added(store: &dyn Store) {
    let jobs = insert_mixed(store).await;
    let mut seen: Vec<JobId> = Vec::new();
    loop {
        let filter = JobFilter { before: seen.last().copied(), limit: 5, ..everything() };
        let JobPage { jobs: page, has_more } = store.list(&filter).await.unwrap();
        assert!(!page.is_empty() && page.len() <= 5);
        seen.extend(page.iter().map(|it| it.id));
        store.insert(&newer_than(jobs[0].id), false).await.unwrap();
        if !has_more {
            break;
        }
    }
    let expected: Vec<JobId> = jobs.iter().map(|it| it.id).collect();
    assert_eq!(seen, expected, "each job once, in order, and none of the new ones");
}

/// Ids of the same millisecond are in no order.
fn newer_than(id: JobId) -> Job {
    loop {
        let job = sample(JobKind::Summary);
        if job.id > id {
            return job;
        }
    }
}

async fn results_are_left_out(store: &dyn Store) {
    let job = moved(samples::succeeded(JobKind::Summary));
    store.insert(&job, false).await.unwrap();
    let page = store.list(&JobFilter { limit: 1, ..JobFilter::default() }).await.unwrap();
    assert_eq!(page, JobPage { jobs: vec![Job { result: None, ..job }], has_more: false });
}
