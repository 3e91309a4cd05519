//! Connections that are lent, and come back or do not.

use std::time::Duration;

use recap_core::JobKind;
use recap_core::ports::Store as _;
use recap_testkit::samples;
use sqlx::Connection as _;

use super::store;

#[tokio::test]
async fn a_connection_that_is_given_up_in_the_middle_is_not_lent_again() {
    let (_directory, store) = store().await;
    assert_eq!(store.writer.numbers(), (1, 0, 1));
    let mut lent = store.writer.acquire().await.unwrap();
    assert_eq!(store.writer.numbers(), (1, 1, 1));
    let mut transaction = lent.begin().await.unwrap();
    let table = "CREATE TABLE left_behind (id)";
    sqlx::query(table).execute(&mut *transaction).await.unwrap();
    drop(transaction);
    drop(lent);
    // The next one waits for its end, and finds nothing of it.
    sqlx::query(table).execute(&store.writer).await.unwrap();
    assert_eq!(store.writer.numbers(), (1, 0, 1));
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

#[tokio::test]
async fn readers_are_as_many_as_there_may_be() {
    let (_directory, store) = store().await;
    let (open, in_use, most) = store.reader.numbers();
    assert_eq!((open, in_use), (0, 0));
    let mut lent = Vec::new();
    for _ in 0..most {
        lent.push(store.reader.acquire().await.unwrap());
    }
    assert_eq!(store.reader.numbers(), (most, most, most));
    let waiting = store.find(samples::queued(JobKind::Summary).id);
    let given_back = async {
        tokio::task::yield_now().await;
        lent.clear();
    };
    let (found, ()) = tokio::join!(waiting, given_back);
    assert_eq!(found.unwrap(), None);
    assert_eq!(store.reader.numbers(), (most, 0, most));
}
