//! A file that is opened, and connections that are lent and come back or do not.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod together;

use std::path::Path;
use std::time::Duration;

use recap_sqlite::{OpenError, Pool};
use sqlx::migrate::Migrator;
use sqlx::{Connection as _, Error};
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(5);

async fn open(file: &Path) -> Result<Pool, OpenError> {
    let options = recap_sqlite::options(file, PATIENCE);
    recap_sqlite::open(&options, Migrator::with_migrations(Vec::new()), PATIENCE).await
}

async fn writer() -> (TempDir, Pool) {
    let directory = TempDir::new().unwrap();
    let pool = open(&directory.path().join("data/recap.db")).await.unwrap();
    (directory, pool)
}

#[tokio::test]
async fn a_directory_that_cannot_be_made_is_named_with_its_setting() {
    let directory = TempDir::new().unwrap();
    let taken = directory.path().join("taken");
    std::fs::write(&taken, "").unwrap();
    let error = open(&taken.join("recap.db")).await.unwrap_err().to_string();
    assert!(error.contains("taken cannot be made; set data.dir"), "{error}");
}

#[tokio::test]
async fn a_connection_that_is_given_up_in_the_middle_is_not_lent_again() {
    let (_directory, writer) = writer().await;
    assert_eq!(writer.numbers(), (1, 0, 1));
    let mut lent = writer.acquire().await.unwrap();
    assert_eq!(writer.numbers(), (1, 1, 1));
    let mut transaction = lent.begin().await.unwrap();
    let table = "CREATE TABLE left_behind (id)";
    sqlx::query(table).execute(&mut *transaction).await.unwrap();
    drop(transaction);
    drop(lent);
    // The next one waits for its end, and finds nothing of it.
    sqlx::query(table).execute(&writer).await.unwrap();
    assert_eq!(writer.numbers(), (1, 0, 1));
}

/// What only the connection knows that it was made on.
const MARK: &str = "CREATE TEMP TABLE mark (id)";

#[tokio::test]
async fn a_connection_whose_thread_has_ended_is_replaced() {
    let (_directory, writer) = writer().await;
    sqlx::query(MARK).execute(&writer).await.unwrap();
    // An error of the database is the statement's own.
    sqlx::query(MARK).execute(&writer).await.unwrap_err();
    let mut lent = writer.acquire().await.unwrap();
    lent.noted::<()>(Err(Error::WorkerCrashed)).unwrap_err();
    drop(lent);
    sqlx::query(MARK).execute(&writer).await.unwrap();
    assert_eq!(writer.numbers(), (1, 0, 1));
}

#[tokio::test]
async fn readers_are_as_many_as_there_may_be() {
    let (directory, _writer) = writer().await;
    let options = recap_sqlite::options(&directory.path().join("data/recap.db"), PATIENCE);
    let readers = Pool::new(options, 3, PATIENCE);
    assert_eq!(readers.numbers(), (0, 0, 3));
    let mut lent = Vec::new();
    for _ in 0..3 {
        lent.push(readers.acquire().await.unwrap());
    }
    assert_eq!(readers.numbers(), (3, 3, 3));
    let waiting = sqlx::query_scalar("SELECT 1").fetch_one(&readers);
    let given_back = async {
        tokio::task::yield_now().await;
        lent.clear();
    };
    let (found, ()): (Result<i64, _>, _) = tokio::join!(waiting, given_back);
    assert_eq!(found.unwrap(), 1);
    assert_eq!(readers.numbers(), (3, 0, 3));
}
