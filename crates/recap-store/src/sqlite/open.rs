//! Opening the file: its directory, its connections and its schema.

use std::path::{Path, PathBuf};
use std::time::Duration;

use recap_config::SqliteConfig;
use recap_core::ports::StoreError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use super::SqliteStore;
use super::insert::Inserts;
use super::pool::Pool;

/// Times the file is tried when another process is making it at this moment.
/// SQLite does not wait for a lock while it changes the journal of a new file,
/// and sqlx takes none around migrations on SQLite.
const TRIES: u32 = 5;

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

impl SqliteStore {
    /// Opens `file`, making it and its directory when missing.
    pub(crate) async fn open(file: &Path, config: &SqliteConfig) -> Result<Self, StoreError> {
        make_directory(file).await?;
        let options = options(file, config);
        let mut tries = 1;
        let writer = loop {
            match open_writer(&options, config).await {
                Ok(writer) => break writer,
                Err(error) if tries < TRIES && is_being_made(&error) => {
                    tokio::time::sleep(Duration::from_millis(100) * tries).await;
                    tries += 1;
                }
                Err(source) => {
                    return Err(StoreError(OpenError { path: file.to_owned(), source }.into()));
                }
            }
        };
        let readers = config.pool.saturating_sub(1).max(1);
        let reader = Pool::new(options.pragma("query_only", "ON"), readers, config.busy_timeout());
        Ok(Self { writer, inserts: Inserts::default(), reader })
    }
}

/// SQLite has one writer at a time. Writers of this process wait for each other
/// in the pool, in order and asleep, and not in SQLite's busy handler, which
/// wakes up again and again and is not fair.
async fn open_writer(
    options: &SqliteConnectOptions,
    config: &SqliteConfig,
) -> Result<Pool, sqlx::Error> {
    // One of sqlx's so far, since migrations on a lent connection make no future that
    // may go to another thread.
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
    let mut migrations = sqlx::migrate!();
    // A newer recap may have used this file; its migrations only ever add.
    migrations.set_ignore_missing(true);
    migrations.run(&pool).await?;
    let writer = Pool::new(options.clone(), 1, config.busy_timeout());
    writer.add(pool.acquire().await?.detach());
    Ok(writer)
}

fn is_being_made(error: &sqlx::Error) -> bool {
    const SQLITE_BUSY: &str = "5";
    match error {
        sqlx::Error::Migrate(_) => true,
        sqlx::Error::Database(it) => it.code().as_deref() == Some(SQLITE_BUSY),
        _ => false,
    }
}

async fn make_directory(file: &Path) -> Result<(), StoreError> {
    let Some(parent) = file.parent().filter(|it| !it.as_os_str().is_empty()) else {
        return Ok(());
    };
    tokio::fs::create_dir_all(parent)
        .await
        .map_err(|source| StoreError(DirectoryError { path: parent.to_owned(), source }.into()))
}

fn options(file: &Path, config: &SqliteConfig) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // When a submit was answered, the job is on the disk. NORMAL would
        // outlive a killed process but not a power cut.
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(config.busy_timeout())
        .foreign_keys(true)
        // Memory is counted in an instance of 512 MB: at most 1 MB of pages a
        // connection, no mapped file, and a log that shrinks again.
        .pragma("cache_size", "-1000")
        .pragma("mmap_size", "0")
        .pragma("journal_size_limit", "4194304")
        .statement_cache_capacity(32)
}
