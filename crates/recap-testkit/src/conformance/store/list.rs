//! Lists: what they show, in which order, and page by page.

use std::sync::Arc;
use std::time::Duration;

use recap_core::job::Owner;
use recap_core::ports::{JobFilter, JobPage, Store};
use recap_core::{ErrorCode, Job, JobId, JobKind, Status, VideoId};

use super::{at, moved, sample};
use crate::samples;

pub(super) async fn all(fresh: &impl AsyncFn() -> Arc<dyn Store>) {
    each_filter_is_kept_to(&*fresh().await).await;
    pages_are_stable_while_jobs_are_added(&*fresh().await).await;
    results_are_left_out_unless_asked_for(&*fresh().await).await;
}

fn everything() -> JobFilter {
    JobFilter { limit: 100, ..JobFilter::default() }
}

async fn ids(store: &dyn Store, filter: JobFilter) -> Vec<JobId> {
    let page = store.list(&filter).await.unwrap();
    assert!(!page.has_more);
    page.jobs.iter().map(|it| it.id).collect()
}

/// A job of each status and kind for two videos and two owners, every fifth of a
/// batch, created a second apart; returned newest first.
async fn insert_mixed(store: &dyn Store) -> Vec<Job> {
    let videos: [VideoId; 2] = [samples::video_id(), "aaaaaaaaaaa".parse().unwrap()];
    let (mut jobs, batch) = (Vec::new(), JobId::generate());
    for (index, video_id) in (0..24).zip(videos.into_iter().cycle()) {
        let kind = if index % 3 == 0 { JobKind::Transcript } else { JobKind::Summary };
        let mut job = sample(kind);
        job.created_at = at(index);
        job.input.video_id = Some(video_id);
        job.status = match index % 6 {
            0 => Status::Queued,
            1 => Status::Running,
            2 => Status::Succeeded,
            3 => Status::Failed,
            4 => Status::Canceled,
            _ => Status::Expired,
        };
        job.owner = Owner::new(if index % 4 < 2 { "ann" } else { "bob" });
        job.batch = Some(batch).filter(|_| index % 5 == 0);
        job.error = match (job.status, index % 4) {
            (Status::Failed, 1) => Some(ErrorCode::VideoPrivate.into()),
            (Status::Failed, _) => Some(ErrorCode::Timeout.into()),
            _ => None,
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
    let (after, before, owner) = (at(11), jobs[5].id, Owner::new("bob"));
    let batch = jobs.iter().find_map(|it| it.batch);

    assert_eq!(ids(store, everything()).await, expect(&|_| true));
    let filter = JobFilter { status: Some(status), ..everything() };
    assert_eq!(ids(store, filter).await, expect(&|it| it.status == status));
    let filter = JobFilter { kind: Some(kind), ..everything() };
    assert_eq!(ids(store, filter).await, expect(&|it| it.kind == kind));
    let filter = JobFilter { video: Some(video), ..everything() };
    assert_eq!(ids(store, filter).await, expect(&|it| it.input.video_id == Some(video)));
    let filter = JobFilter { owner: Some(owner.clone()), ..everything() };
    assert_eq!(ids(store, filter).await, expect(&|it| it.owner == owner));
    let filter = JobFilter { batch, ..everything() };
    assert_eq!(ids(store, filter).await, expect(&|it| it.batch == batch));
    let code = ErrorCode::VideoPrivate;
    let filter = JobFilter { code: Some(code), ..everything() };
    assert_eq!(ids(store, filter).await, expect(&|it| ended_in(it, code)));
    let filter = JobFilter { created_after: Some(after), ..everything() };
    assert_eq!(ids(store, filter).await, expect(&|it| it.created_at > after));
    let filter = JobFilter { before: Some(before), ..everything() };
    assert_eq!(ids(store, filter).await, expect(&|it| it.id < before));
    all_filters_together_are_kept_to(store, &jobs).await;
}

fn ended_in(job: &Job, code: ErrorCode) -> bool {
    job.error.as_ref().is_some_and(|it| it.code == code)
}

async fn all_filters_together_are_kept_to(store: &dyn Store, jobs: &[Job]) {
    let wanted = jobs.iter().find(|it| it.status == Status::Failed && it.batch.is_some());
    let wanted = wanted.expect("there is one of each");
    let filter = JobFilter {
        owner: Some(wanted.owner.clone()),
        batch: wanted.batch,
        code: wanted.error.as_ref().map(|it| it.code),
        status: Some(wanted.status),
        kind: Some(wanted.kind),
        video: wanted.input.video_id,
        created_after: Some(wanted.created_at - Duration::from_secs(1)),
        before: Some(newer_than(wanted.id).id),
        limit: 100,
        results: false,
    };
    assert_eq!(ids(store, filter.clone()).await, [wanted.id]);
    let other = Owner::new("nobody");
    for filter in [
        JobFilter { owner: Some(other), ..filter.clone() },
        JobFilter { batch: Some(JobId::generate()), ..filter.clone() },
        JobFilter { code: Some(ErrorCode::Internal), ..filter.clone() },
        JobFilter { status: Some(Status::Running), ..filter.clone() },
        JobFilter { video: "zzzzzzzzzzz".parse().ok(), ..filter.clone() },
        JobFilter { created_after: Some(wanted.created_at), ..filter.clone() },
        JobFilter { before: Some(wanted.id), ..filter.clone() },
    ] {
        assert!(ids(store, filter).await.is_empty());
    }
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

async fn results_are_left_out_unless_asked_for(store: &dyn Store) {
    let job = moved(samples::succeeded(JobKind::Summary));
    store.insert(&job, false).await.unwrap();
    let page = store.list(&JobFilter { limit: 1, ..JobFilter::default() }).await.unwrap();
    let without = Job { result: None, ..job.clone() };
    assert_eq!(page, JobPage { jobs: vec![without], has_more: false });
    let filter = JobFilter { limit: 1, results: true, ..JobFilter::default() };
    let page = store.list(&filter).await.unwrap();
    assert_eq!(page, JobPage { jobs: vec![job], has_more: false });
}
