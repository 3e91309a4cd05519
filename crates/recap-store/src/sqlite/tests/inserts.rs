//! Jobs that come in together.

use std::sync::Arc;
use std::time::Duration;

use recap_core::ports::{Store as _, StoreError};
use recap_core::{Job, JobKind};
use recap_testkit::samples;
use tokio::task::JoinHandle;

use super::store;
use crate::sqlite::SqliteStore;

/// Inserts that wait for the writer, which the caller holds.
#[expect(clippy::disallowed_methods, reason = "each is joined by its test")]
async fn begun(
    store: &Arc<SqliteStore>,
    count: usize,
) -> Vec<(Job, JoinHandle<Result<(), StoreError>>)> {
    let inserts = (0..count).map(|_| {
        let (job, store) = (samples::queued(JobKind::Summary), Arc::clone(store));
        (job.clone(), tokio::spawn(async move { store.insert(&job, false).await }))
    });
    let inserts: Vec<_> = inserts.collect();
    while store.inserts.waiting() < count {
        tokio::task::yield_now().await;
    }
    inserts
}

#[tokio::test]
async fn all_are_kept_but_those_of_callers_that_have_gone() {
    let (_directory, store) = store().await;
    let store = Arc::new(store);
    let held = store.writer.acquire().await.unwrap();
    let inserts = begun(&store, 300).await;
    for (_, insert) in inserts.iter().step_by(3) {
        insert.abort();
    }
    drop(held);
    for (number, (job, insert)) in inserts.into_iter().enumerate() {
        let gone = number % 3 == 0;
        assert_eq!(insert.await.is_err_and(|it| it.is_cancelled()), gone);
        assert_eq!(store.find(job.id).await.unwrap().is_none(), gone, "{number}");
    }
    assert_eq!(store.inserts.waiting(), 0);
}

#[tokio::test]
async fn what_fails_is_told_to_each_and_leaves_nothing() {
    let (_directory, store) = store().await;
    let store = Arc::new(store);
    let trigger =
        "CREATE TRIGGER full BEFORE INSERT ON recap_jobs BEGIN SELECT RAISE(ABORT, 'full'); END";
    sqlx::query(trigger).execute(&store.writer).await.unwrap();
    let held = store.writer.acquire().await.unwrap();
    let inserts = begun(&store, 9).await;
    drop(held);
    for (_, insert) in inserts {
        assert!(insert.await.unwrap().unwrap_err().0.to_string().contains("full"));
    }
    sqlx::query("DROP TRIGGER full").execute(&store.writer).await.unwrap();
    let held = store.writer.acquire().await.unwrap();
    let inserts = begun(&store, 9).await;
    drop(held);
    for (_, insert) in inserts {
        insert.await.unwrap().unwrap();
    }
    assert_eq!(store.count_open(None, 100).await.unwrap(), 9);
}

#[tokio::test]
async fn a_commit_that_fails_leaves_a_writer_that_works() {
    let (_directory, store) = store().await;
    // What is only noticed with the commit, which undoes all by itself on a full disk.
    let deferred = "CREATE TABLE parent (id PRIMARY KEY);
        CREATE TABLE child (id REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED);
        CREATE TRIGGER spoil AFTER INSERT ON recap_transcripts
        BEGIN INSERT INTO child (id) VALUES (1); END;";
    sqlx::raw_sql(deferred).execute(&mut *store.writer.acquire().await.unwrap()).await.unwrap();
    let job = samples::queued(JobKind::Summary);
    let transcript = samples::transcript(Duration::from_secs(20));
    store.insert_with_transcript(&job, &transcript, false).await.unwrap_err();
    let next = samples::queued(JobKind::Summary);
    store.insert(&next, false).await.unwrap();
    assert!(store.find(next.id).await.unwrap().is_some(), "it was committed");
    assert!(store.find(job.id).await.unwrap().is_none());
}
