//! Transcripts and notes.

use std::sync::Arc;
use std::time::Duration;

use recap_core::ports::{Claim, Store};
use recap_core::summary::{KeyPoint, NotesStatus, SegmentNotes};
use recap_core::{JobId, Status};

use super::{LEASE, at, ended, running};
use crate::samples;

pub(super) async fn all(fresh: &impl AsyncFn() -> Arc<dyn Store>) {
    a_transcript_is_kept_and_replaced(&*fresh().await).await;
    notes_are_kept_once(&*fresh().await).await;
    notes_of_another_cut_are_replaced(&*fresh().await).await;
    the_next_worker_finds_what_the_last_one_left(&*fresh().await).await;
    they_stay_until_the_job_is_forgotten(&*fresh().await).await;
}

pub(super) fn notes(index: u32, summary: &str) -> SegmentNotes {
    let start = Duration::from_mins(10) * index;
    SegmentNotes {
        index,
        start,
        end: start + Duration::from_mins(10),
        title: format!("Part {}", index + 1),
        summary: summary.to_owned(),
        points: vec![KeyPoint { start, text: "A point.".to_owned() }],
        status: NotesStatus::Done,
        model: "extractive".to_owned(),
    }
}

async fn a_transcript_is_kept_and_replaced(store: &dyn Store) {
    let Claim { job, lease, .. } = running(store).await;
    assert_eq!(store.find_transcript(job.id).await.unwrap(), None);
    assert_eq!(store.find_transcript(JobId::generate()).await.unwrap(), None);
    // Hours of it: nothing may be cut off.
    for length in [Duration::from_secs(20), Duration::from_hours(4)] {
        let transcript = samples::transcript(length);
        assert!(store.put_transcript(lease, &transcript).await.unwrap());
        assert_eq!(store.find_transcript(job.id).await.unwrap(), Some(transcript));
    }
}

async fn notes_are_kept_once(store: &dyn Store) {
    let Claim { job, lease, .. } = running(store).await;
    let other = running(store).await;
    assert!(store.list_notes(job.id).await.unwrap().is_empty());
    for index in [10, 0, 2] {
        assert!(store.put_notes(lease, &[notes(index, "first")]).await.unwrap());
    }
    assert!(store.put_notes(other.lease, &[notes(1, "of another job")]).await.unwrap());
    assert!(store.put_notes(lease, &[notes(2, "second")]).await.unwrap(), "held, so true");

    let more = [1, 2, 3].map(|it| notes(it, "third"));
    assert!(store.put_notes(lease, &more).await.unwrap(), "some of them are there");

    let [one, _, three] = more;
    let expected = [notes(0, "first"), one, notes(2, "first"), three, notes(10, "first")];
    assert_eq!(store.list_notes(job.id).await.unwrap(), expected);
}

/// Else they would be made again by every attempt that follows.
async fn notes_of_another_cut_are_replaced(store: &dyn Store) {
    let Claim { job, lease, .. } = running(store).await;
    let cut_anew = SegmentNotes { end: Duration::from_mins(5), ..notes(0, "cut anew") };
    store.put_notes(lease, &[notes(0, "first")]).await.unwrap();
    for _ in 0..2 {
        assert!(store.put_notes(lease, std::slice::from_ref(&cut_anew)).await.unwrap());
    }
    assert_eq!(store.list_notes(job.id).await.unwrap(), [cut_anew]);
}

async fn the_next_worker_finds_what_the_last_one_left(store: &dyn Store) {
    let Claim { job, lease, .. } = running(store).await;
    store.put_notes(lease, &[notes(0, "first")]).await.unwrap();
    let next = store.claim(job.id, at(20), LEASE).await.unwrap().unwrap();
    assert!(store.put_notes(next.lease, &[notes(0, "again")]).await.unwrap());
    assert_eq!(store.list_notes(job.id).await.unwrap(), [notes(0, "first")]);
}

async fn they_stay_until_the_job_is_forgotten(store: &dyn Store) {
    let Claim { job, lease, .. } = running(store).await;
    let transcript = samples::transcript(LEASE);
    store.put_transcript(lease, &transcript).await.unwrap();
    store.put_notes(lease, &[notes(0, "first")]).await.unwrap();
    store.finish(lease, &ended(&job, Status::Succeeded)).await.unwrap();
    assert_eq!(store.find_transcript(job.id).await.unwrap(), Some(transcript));
    assert_eq!(store.list_notes(job.id).await.unwrap(), [notes(0, "first")]);

    assert_eq!(store.forget(at(1000), 10).await.unwrap(), 1);
    assert_eq!(store.find_transcript(job.id).await.unwrap(), None);
    assert!(store.list_notes(job.id).await.unwrap().is_empty());
}
