//! Opening the file: its directory, the connection and apalis' schema.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use apalis_sqlite::SqliteStorage;
use recap_config::Config;
use recap_core::ports::QueueError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use super::file::File;
use super::{SqliteQueue, queue_error};
use crate::worker::Habits;

/// Times the file is tried when another process is making it at this moment.
/// SQLite does not wait for a lock while it changes the journal of a new file,
/// and sqlx takes none around migrations on SQLite.
const TRIES: u32 = 5;

/// Indexes of apalis that no statement of ours uses; without them an entry changes 13
/// pages in its life instead of 21.
const UNUSED: &str = "
    DROP INDEX IF EXISTS idx_jobs_pending;
    DROP INDEX IF EXISTS idx_jobs_claimable;
    DROP INDEX IF EXISTS idx_jobs_status_run_at;";

#[derive(Debug, thiserror::Error)]
#[error("the directory {} cannot be made; set data.dir to one that can", path.display())]
struct DirectoryError {
    path: PathBuf,
    source: std::io::Error,
}

#[derive(Debug, thiserror::Error)]
#[error("the database {} cannot be opened", path.display())]
struct OpenError {
    path: PathBuf,
    source: sqlx::Error,
}

impl SqliteQueue {
    /// Opens the file, making it and its directory when missing.
    pub(crate) async fn open(config: &Config) -> Result<Self, QueueError> {
        let file = config.sqlite_file();
        make_directory(&file).await?;
        let mut tries = 1;
        let file = loop {
            match open_file(&file, config.sqlite.busy_timeout()).await {
                Ok(file) => break file,
                Err(error) if tries < TRIES && is_being_made(&error) => {
                    tokio::time::sleep(Duration::from_millis(100) * tries).await;
                    tries += 1;
                }
                Err(source) => return Err(queue_error(OpenError { path: file, source })),
            }
        };
        Ok(Self { file: Arc::new(file), habits: Habits::new(&config.queue) })
    }
}

/// Those in line need time for the one before them to wait for the store as well.
async fn open_file(file: &Path, busy_timeout: Duration) -> Result<File, sqlx::Error> {
    let options = options(file, busy_timeout);
    // A pool only so far: migrations on a lent connection make no future that may
    // go to another thread.
    let pool = SqlitePoolOptions::new().max_connections(1);
    let pool = pool.test_before_acquire(false).connect_with(options.clone()).await?;
    let mut migrations = SqliteStorage::migrations();
    migrations.set_ignore_missing(true);
    // The store keeps its own in the same file, in sqlx's default table.
    migrations.dangerous_set_table_name("_apalis_migrations");
    migrations.run(&pool).await?;
    let mut connection = pool.acquire().await?.detach();
    sqlx::raw_sql(UNUSED).execute(&mut connection).await?;
    Ok(File::new(connection, options, busy_timeout * 2))
}

fn is_being_made(error: &sqlx::Error) -> bool {
    const SQLITE_BUSY: &str = "5";
    match error {
        sqlx::Error::Migrate(_) => true,
        sqlx::Error::Database(it) => it.code().as_deref() == Some(SQLITE_BUSY),
        _ => false,
    }
}

async fn make_directory(file: &Path) -> Result<(), QueueError> {
    let Some(parent) = file.parent().filter(|it| !it.as_os_str().is_empty()) else {
        return Ok(());
    };
    tokio::fs::create_dir_all(parent)
        .await
        .map_err(|source| queue_error(DirectoryError { path: parent.to_owned(), source }))
}

fn options(file: &Path, busy_timeout: Duration) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // Unlike the store's: a power cut may take the last entries, and the
        // reconciler brings them back from the documents, which it cannot
        // take. The file stays whole either way. (apalis' own setup() says OFF,
        // and then it would not.)
        .synchronous(SqliteSynchronous::Normal)
        .busy_timeout(busy_timeout)
        .foreign_keys(true)
        .pragma("cache_size", "-500")
        .pragma("mmap_size", "0")
        .pragma("journal_size_limit", "4194304")
        .statement_cache_capacity(16)
}
