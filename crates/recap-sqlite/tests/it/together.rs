//! Changes that share a commit.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use recap_sqlite::{Pool, Together};
use sqlx::{Error, SqliteConnection};
use tempfile::TempDir;
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, yield_now};
use tokio::time::timeout;

/// Longer than nobody waits for the writer, here.
const PATIENCE: Duration = Duration::from_millis(50);

/// A row, which is written when its gate lets it.
struct Row {
    number: i64,
    gate: Arc<Semaphore>,
}

fn write<'a>(
    rows: &'a [Arc<Row>],
    connection: &'a mut SqliteConnection,
) -> BoxFuture<'a, Result<(), Error>> {
    Box::pin(async move {
        for row in rows {
            row.gate.acquire().await.unwrap().forget();
            let insert = sqlx::query("INSERT OR IGNORE INTO kept (number) VALUES (?1)");
            insert.bind(row.number).execute(&mut *connection).await?;
        }
        Ok(())
    })
}

/// The writer, changes for it, and their gate.
struct Place {
    _directory: TempDir,
    writer: Pool,
    together: Arc<Together<Row>>,
    gate: Arc<Semaphore>,
}

type Done = JoinHandle<Result<(), Arc<Error>>>;

impl Place {
    async fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let options = recap_sqlite::options(&directory.path().join("recap.db"), PATIENCE);
        let writer = Pool::new(options, 1, PATIENCE);
        sqlx::query("CREATE TABLE kept (number UNIQUE)").execute(&writer).await.unwrap();
        let (together, gate) = (Arc::new(Together::new(write)), Arc::new(Semaphore::new(0)));
        Self { _directory: directory, writer, together, gate }
    }

    /// Two changes in one commit, which the first one writes and which is under way.
    async fn two_under_way(&self) -> [Done; 2] {
        let held = self.writer.acquire().await.unwrap();
        let begun = [self.begin(1).await, self.begin(2).await];
        drop(held);
        while self.together.waiting() > 0 {
            yield_now().await;
        }
        begun
    }

    #[expect(clippy::disallowed_methods, reason = "joined or aborted by its test")]
    async fn begin(&self, number: i64) -> Done {
        let (writer, together) = (self.writer.clone(), Arc::clone(&self.together));
        let row = Row { number, gate: Arc::clone(&self.gate) };
        let before = self.together.waiting();
        let begun = tokio::spawn(async move { together.make(&writer, row, 1).await });
        while self.together.waiting() == before {
            yield_now().await;
        }
        begun
    }

    async fn kept(&self) -> Vec<i64> {
        let kept = sqlx::query_scalar("SELECT number FROM kept ORDER BY number");
        kept.fetch_all(&self.writer).await.unwrap()
    }
}

#[tokio::test]
async fn whose_change_is_being_written_waits_for_it_however_long() {
    let place = Place::new().await;
    let [one, mut other] = place.two_under_way().await;
    assert!(timeout(PATIENCE * 4, &mut other).await.is_err(), "it was told too early");
    place.gate.add_permits(2);
    one.await.unwrap().unwrap();
    other.await.unwrap().unwrap();
    assert_eq!(place.kept().await, [1, 2]);
}

#[tokio::test]
async fn a_change_whose_writer_goes_away_is_written_by_its_own_caller() {
    let place = Place::new().await;
    let [one, other] = place.two_under_way().await;
    one.abort();
    assert!(one.await.unwrap_err().is_cancelled());
    place.gate.add_permits(2);
    other.await.unwrap().unwrap();
    assert_eq!(place.kept().await, [2]);
}

#[tokio::test]
async fn whose_change_nobody_has_begun_is_told_when_it_takes_too_long() {
    let place = Place::new().await;
    let held = place.writer.acquire().await.unwrap();
    let waited = place.begin(1).await.await.unwrap();
    assert!(matches!(*waited.unwrap_err(), Error::PoolTimedOut));
    assert_eq!(place.together.waiting(), 0);
    drop(held);
    assert!(place.kept().await.is_empty());
}
