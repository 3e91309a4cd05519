//! Opening the file: one connection that writes, and those that read.

use std::path::Path;

use recap_config::SqliteConfig;
use recap_core::ports::StoreError;
use recap_sqlite::Pool;
use sqlx::sqlite::SqliteSynchronous;

use super::SqliteStore;
use super::insert::inserts;

impl SqliteStore {
    /// Opens `file`, making it and its directory when missing.
    pub(crate) async fn open(file: &Path, config: &SqliteConfig) -> Result<Self, StoreError> {
        let patience = config.busy_timeout();
        let options = recap_sqlite::options(file, config.busy_timeout())
            // When a submit was answered, the job is on the disk. NORMAL would
            // outlive a killed process but not a power cut.
            .synchronous(SqliteSynchronous::Full)
            // At most 1 MB of pages a connection.
            .pragma("cache_size", "-1000")
            .statement_cache_capacity(48);
        let writer = recap_sqlite::open(&options, sqlx::migrate!(), patience).await;
        let writer = writer.map_err(|error| StoreError(error.into()))?;
        let readers = config.pool.saturating_sub(1).max(1);
        let reader = Pool::new(options.pragma("query_only", "ON"), readers, patience);
        Ok(Self { writer, inserts: inserts(), reader })
    }
}
