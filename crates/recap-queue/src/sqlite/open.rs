//! Opening the file, with apalis' schema.

use apalis_sqlite::SqliteStorage;
use recap_config::Config;
use recap_core::ports::QueueError;
use recap_sqlite::Together;
use sqlx::sqlite::SqliteSynchronous;

use super::{SqliteQueue, push, queue_error};
use crate::worker::Habits;

/// Indexes of apalis that no statement of ours uses; without them an entry changes 13
/// pages in its life instead of 21.
const UNUSED: &str = "
    DROP INDEX IF EXISTS idx_jobs_pending;
    DROP INDEX IF EXISTS idx_jobs_claimable;
    DROP INDEX IF EXISTS idx_jobs_status_run_at;";

impl SqliteQueue {
    /// Opens the file, making it and its directory when missing.
    pub(crate) async fn open(config: &Config) -> Result<Self, QueueError> {
        let busy_timeout = config.sqlite.busy_timeout();
        let options = recap_sqlite::options(&config.sqlite_file(), busy_timeout)
            // Unlike the store's: a power cut may take the last entries, and the
            // reconciler brings them back from the documents, which it cannot
            // take. The file stays whole either way. (apalis' own setup() says OFF,
            // and then it would not.)
            .synchronous(SqliteSynchronous::Normal)
            .pragma("cache_size", "-500")
            .statement_cache_capacity(16);
        let mut migrations = SqliteStorage::migrations();
        // The store keeps its own in the same file, in sqlx's default table.
        migrations.dangerous_set_table_name("_apalis_migrations");
        // Those in line need time for the one before them to wait for the store as well.
        let patience = busy_timeout * 2;
        let file = recap_sqlite::open(&options, migrations, patience).await.map_err(queue_error)?;
        sqlx::raw_sql(UNUSED).execute(&file).await.map_err(queue_error)?;
        Ok(Self { file, pushes: Together::new(push), habits: Habits::new(&config.queue) })
    }
}
