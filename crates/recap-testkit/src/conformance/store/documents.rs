//! Inserting and finding.

use std::sync::Arc;

use recap_core::job::{Owner, Priority, Told};
use recap_core::ports::Store;
use recap_core::{Job, JobId, JobKind};

use super::{LEASE, at, claimed, failure, moved, queued, sample, stored};
use crate::samples;

pub(super) async fn all(fresh: &impl AsyncFn() -> Arc<dyn Store>) {
    it_answers_again_and_again(&*fresh().await).await;
    a_job_comes_back_as_it_went_in(&*fresh().await).await;
    the_first_insert_of_an_id_counts(&*fresh().await).await;
    an_ended_job_is_kept_like_any_other(&*fresh().await).await;
    a_job_and_its_transcript_are_found_together(&*fresh().await).await;
    an_insert_with_a_transcript_counts_once(&*fresh().await).await;
    a_transcript_that_came_with_its_job_goes_with_it(&*fresh().await).await;
}

async fn it_answers_again_and_again(store: &dyn Store) {
    for _ in 0..3 {
        store.check().await.unwrap();
    }
}

async fn a_job_comes_back_as_it_went_in(store: &dyn Store) {
    assert_eq!(store.find(JobId::generate()).await.unwrap(), None);
    for kind in [JobKind::Summary, JobKind::Transcript, JobKind::Batch] {
        for mut job in [sample(kind), moved(samples::succeeded(kind))] {
            job.created_at = "2100-01-01T00:00:00.123456789Z".parse().unwrap();
            job.expires_at = "2100-01-03T00:00:00.987654321Z".parse().unwrap();
            job.owner = Owner::new("Åsa's \"$house\"");
            job.input.region = Some("eu-west".to_owned().try_into().unwrap());
            job.input.priority = Priority::Bulk;
            job.told = Told::Start;
            job.batch = Some(JobId::generate());
            job.metadata.insert("$key.a".to_owned(), "$value".to_owned());
            job.warnings = vec!["$warning with a $$sign and a ñ".to_owned()];
            if kind == JobKind::Batch {
                job.input.video_id = None;
            }
            store.insert(&job, false).await.unwrap();
            assert_eq!(stored(store, &job).await, job);
        }
    }
}

async fn the_first_insert_of_an_id_counts(store: &dyn Store) {
    let job = queued(store).await;
    let mut other = job.clone();
    other.warn("not this one");
    other.expires_at = at(1);
    store.insert(&other, true).await.unwrap();
    assert_eq!(stored(store, &job).await, job);

    // Not even one that is already running may be reset by it.
    store.claim(job.id, at(0), LEASE).await.unwrap().unwrap();
    let running = stored(store, &job).await;
    store.insert(&job, true).await.unwrap();
    assert_eq!(stored(store, &job).await, running);
}

/// An answer from the cache is a job that never waited.
async fn an_ended_job_is_kept_like_any_other(store: &dyn Store) {
    let job = Job { expires_at: at(1000), ..moved(samples::succeeded(JobKind::Summary)) };
    for parked in [false, true] {
        store.insert(&job, parked).await.unwrap();
        assert_eq!(stored(store, &job).await, job);
    }
    let lane = job.input.lane();
    assert!(store.parked_lanes().await.unwrap().is_empty());
    assert_eq!(store.count_waiting(&lane, None, 10).await.unwrap(), 0);
    assert!(store.claim(job.id, at(2000), LEASE).await.unwrap().is_none());
    assert!(store.take_stale(at(2000), LEASE, 10).await.unwrap().is_empty());
    assert!(store.expire(at(2000), &failure(), at(3000), 10).await.unwrap().is_empty());
    assert_eq!(store.forget(at(999), 10).await.unwrap(), 0);
    assert_eq!(store.forget(at(1000), 10).await.unwrap(), 1);
    assert_eq!(store.find(job.id).await.unwrap(), None);
}

async fn a_job_and_its_transcript_are_found_together(store: &dyn Store) {
    let transcript = samples::transcript(LEASE);
    let ended = moved(samples::succeeded(JobKind::Transcript));
    for (job, parked) in [(sample(JobKind::Summary), true), (ended, false)] {
        store.insert_with_transcript(&job, &transcript, parked).await.unwrap();
        assert_eq!(stored(store, &job).await, job);
        assert_eq!(store.find_transcript(job.id).await.unwrap().as_ref(), Some(&transcript));
    }
    assert_eq!(store.parked_lanes().await.unwrap().len(), 1);
}

async fn an_insert_with_a_transcript_counts_once(store: &dyn Store) {
    let job = sample(JobKind::Summary);
    let first = samples::transcript(LEASE);
    store.insert_with_transcript(&job, &first, false).await.unwrap();
    let claim = claimed(store, &job, 0).await;
    let second = samples::transcript(LEASE * 2);
    store.insert_with_transcript(&job, &second, true).await.unwrap();
    assert_eq!(stored(store, &job).await, claim.job);
    assert_eq!(store.find_transcript(job.id).await.unwrap(), Some(first));

    // It is the worker's to replace.
    assert!(store.put_transcript(claim.lease, &second).await.unwrap());
    assert_eq!(store.find_transcript(job.id).await.unwrap(), Some(second));
}

async fn a_transcript_that_came_with_its_job_goes_with_it(store: &dyn Store) {
    let (transcript, job) = (samples::transcript(LEASE), sample(JobKind::Summary));
    store.insert_with_transcript(&job, &transcript, false).await.unwrap();
    store.cancel(job.id, &failure(), at(1), at(1000)).await.unwrap();
    assert_eq!(store.forget(at(1000), 10).await.unwrap(), 1);
    assert_eq!(store.find_transcript(job.id).await.unwrap(), None);
}
