//! Opening the file: its directory, its first connection and its schema.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::SqliteConnection;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};

use crate::Pool;

/// Times the file is tried when another process is making it at this moment.
/// SQLite does not wait for a lock while it changes the journal of a new file,
/// and sqlx takes none around migrations on SQLite.
const TRIES: u32 = 5;

/// There is nothing to work with before somebody has mended it.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the directory {} cannot be made; set data.dir to one that can", path.display())]
    Directory { path: PathBuf, source: std::io::Error },
    #[error("the database {} cannot be opened", path.display())]
    Database { path: PathBuf, source: sqlx::Error },
}

/// What whoever opens `file` wants of it. The rest is theirs to add.
pub fn options(file: &Path, busy_timeout: Duration) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .busy_timeout(busy_timeout)
        .foreign_keys(true)
        // Memory is counted in an instance of 512 MB: no mapped file, and a log that
        // shrinks again.
        .pragma("mmap_size", "0")
        .pragma("journal_size_limit", "4194304")
}

/// One connection to a file, for whatever writes; both it and its directory are made
/// when missing. Nobody waits longer than `patience` for those before them.
///
/// SQLite has one writer at a time. Writers of this process wait for each other
/// in the pool, in order and asleep, and not in SQLite's busy handler, which
/// wakes up again and again and is not fair.
pub async fn open(
    options: &SqliteConnectOptions,
    mut migrations: Migrator,
    patience: Duration,
) -> Result<Pool, OpenError> {
    let file = options.get_filename();
    make_directory(file).await?;
    // A newer recap may have used this file; its migrations only ever add.
    migrations.set_ignore_missing(true);
    let mut tries = 1;
    let connection = loop {
        match connect(options, &migrations).await {
            Ok(connection) => break connection,
            Err(error) if tries < TRIES && is_being_made(&error) => {
                tokio::time::sleep(Duration::from_millis(100) * tries).await;
                tries += 1;
            }
            Err(source) => return Err(OpenError::Database { path: file.to_owned(), source }),
        }
    };
    let pool = Pool::new(options.clone(), 1, patience);
    pool.add(connection);
    Ok(pool)
}

async fn make_directory(file: &Path) -> Result<(), OpenError> {
    let Some(parent) = file.parent().filter(|it| !it.as_os_str().is_empty()) else {
        return Ok(());
    };
    tokio::fs::create_dir_all(parent)
        .await
        .map_err(|source| OpenError::Directory { path: parent.to_owned(), source })
}

async fn connect(
    options: &SqliteConnectOptions,
    migrations: &Migrator,
) -> Result<SqliteConnection, sqlx::Error> {
    // A pool of sqlx's so far, since migrations on a lent connection make no future that
    // may go to another thread.
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
    migrations.run(&pool).await?;
    Ok(pool.acquire().await?.detach())
}

fn is_being_made(error: &sqlx::Error) -> bool {
    const SQLITE_BUSY: &str = "5";
    match error {
        sqlx::Error::Migrate(_) => true,
        sqlx::Error::Database(it) => it.code().as_deref() == Some(SQLITE_BUSY),
        _ => false,
    }
}
