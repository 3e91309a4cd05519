//! The document store.
//!
//! Invariant: every guard of the contract is in the query that writes, never
//! in a read before it, so any number of processes may share one store.

mod sqlite;

use std::sync::Arc;

use recap_config::{Config, StoreBackend};
use recap_core::ports::{Store, StoreError};

/// Opens the configured store. The only `match` on [`StoreBackend`].
///
/// # Errors
///
/// The store cannot be opened or brought up to date; the source says why.
pub async fn connect(config: &Config) -> Result<Arc<dyn Store>, StoreError> {
    Ok(match config.store.backend {
        StoreBackend::Sqlite => {
            Arc::new(sqlite::SqliteStore::open(&config.sqlite_file(), &config.sqlite).await?)
        }
    })
}
