//! The document store.
//!
//! Invariant: every guard of the contract is in the query that writes, never
//! in a read before it, so any number of processes may share one store.

mod document;
mod migrate;
mod mongo;
mod sqlite;

use std::sync::Arc;

use recap_config::{Config, StoreBackend};
use recap_core::ports::{Store, StoreError};

pub use self::migrate::{MigrateError, Migrated, Report, migrate};
pub use self::mongo::IndexUsage;
use self::mongo::MongoStore;
use self::sqlite::SqliteStore;

/// The configured store, and what can be asked of it beside the port.
#[derive(Clone)]
pub struct Opened {
    pub store: Arc<dyn Store>,
    mongo: Option<Arc<MongoStore>>,
}

impl Opened {
    /// How often each index has been used; empty if the store does not count it.
    pub async fn index_usage(&self) -> Vec<IndexUsage> {
        match &self.mongo {
            Some(mongo) => mongo.index_usage().await,
            None => Vec::new(),
        }
    }
}

/// Opens the configured store. The only `match` on [`StoreBackend`].
///
/// A file is made and brought up to date; a server is not waited for.
///
/// # Errors
///
/// The file cannot be opened or brought up to date, or the URL of the server is
/// not one; the source says why.
pub async fn open(config: &Config) -> Result<Opened, StoreError> {
    Ok(match config.store_backend() {
        StoreBackend::Auto | StoreBackend::Sqlite => {
            let store = SqliteStore::open(&config.sqlite_file(), &config.sqlite).await?;
            Opened { store: Arc::new(store), mongo: None }
        }
        StoreBackend::Mongodb => {
            let store = Arc::new(MongoStore::open(&config.mongodb)?);
            Opened { store: Arc::clone(&store) as Arc<dyn Store>, mongo: Some(store) }
        }
    })
}

/// The same, if only the port is wanted.
///
/// # Errors
///
/// As [`open`].
pub async fn connect(config: &Config) -> Result<Arc<dyn Store>, StoreError> {
    Ok(open(config).await?.store)
}
