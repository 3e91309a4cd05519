//! The connection to the file: one, since whatever a queue does is a write.
//!
//! Not a pool of one: that greets the thread of a connection each time it gets it
//! back, in a task of its own, which costs as much as the statement before it.

use std::time::Duration;

use recap_core::ports::BoxError;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqliteRow};
use sqlx::{ConnectOptions as _, Sqlite, SqliteConnection};
use tokio::sync::{MappedMutexGuard, Mutex, MutexGuard};
use tokio::time::timeout;

#[derive(Debug, thiserror::Error)]
#[error("the statements before this one did not end in time")]
struct TooManyBefore;

pub(super) struct File {
    options: SqliteConnectOptions,
    /// Longest wait for the statements before.
    patience: Duration,
    /// `None` after an error that was not one of the database: as when its thread
    /// has ended.
    connection: Mutex<Option<SqliteConnection>>,
}

impl File {
    pub(super) fn new(
        connection: SqliteConnection,
        options: SqliteConnectOptions,
        patience: Duration,
    ) -> Self {
        Self { options, patience, connection: Mutex::new(Some(connection)) }
    }

    /// What a statement returns. Read to the end: a commit that fails is not told
    /// before. A caller that is given up leaves the statement to end by itself.
    pub(super) async fn rows(
        &self,
        statement: Query<'_, Sqlite, SqliteArguments>,
    ) -> Result<Vec<SqliteRow>, BoxError> {
        let mut held = self.held().await?;
        let rows = match held.as_mut() {
            Some(connection) => statement.fetch_all(connection).await,
            None => Err(sqlx::Error::WorkerCrashed),
        };
        if rows.as_ref().is_err_and(|it| it.as_database_error().is_none()) {
            *held = None;
        }
        Ok(rows?)
    }

    /// For statements that are not ours.
    pub(super) async fn connection(
        &self,
    ) -> Result<MappedMutexGuard<'_, SqliteConnection>, BoxError> {
        let held = self.held().await?;
        let held = MutexGuard::try_map(held, Option::as_mut);
        held.map_err(|_| sqlx::Error::WorkerCrashed.into())
    }

    async fn held(&self) -> Result<MutexGuard<'_, Option<SqliteConnection>>, BoxError> {
        let held = timeout(self.patience, self.connection.lock()).await;
        let mut held = held.map_err(|_| TooManyBefore)?;
        if held.is_none() {
            *held = Some(self.options.connect().await?);
        }
        Ok(held)
    }
}
