//! The document store.
//!
//! Invariant: every guard of the contract is in the query that writes, never
//! in a read before it, so any number of processes may share one store. (But for
//! how many endpoints an owner may have in MongoDB, which is no promise.)

mod document;
mod migrate;
mod mongo;
mod sqlite;

use std::sync::Arc;

use recap_config::{Config, StoreBackend};
use recap_core::ports::{Connections, Keys, Replies, Store, StoreError, Webhooks};

pub use self::migrate::{MigrateError, Migrated, Report, migrate};
pub use self::mongo::IndexUsage;
use self::mongo::MongoStore;
use self::sqlite::SqliteStore;

/// The configured store by each of its ports, and what can be asked of it beside
/// them.
#[derive(Clone)]
pub struct Opened {
    pub store: Arc<dyn Store>,
    pub webhooks: Arc<dyn Webhooks>,
    pub keys: Arc<dyn Keys>,
    pub replies: Arc<dyn Replies>,
    backend: Backend,
}

#[derive(Clone)]
enum Backend {
    Sqlite(Arc<SqliteStore>),
    Mongo(Arc<MongoStore>),
}

impl Opened {
    pub(crate) fn sqlite(store: SqliteStore) -> Self {
        let store = Arc::new(store);
        Self::of(&store, Backend::Sqlite(Arc::clone(&store)))
    }

    pub(crate) fn mongo(store: MongoStore) -> Self {
        let store = Arc::new(store);
        Self::of(&store, Backend::Mongo(Arc::clone(&store)))
    }

    fn of<T: Store + Webhooks + Keys + Replies + 'static>(
        store: &Arc<T>,
        backend: Backend,
    ) -> Self {
        Self {
            store: store.clone(),
            webhooks: store.clone(),
            keys: store.clone(),
            replies: store.clone(),
            backend,
        }
    }

    /// How often each index has been used; empty if the store does not count it.
    pub async fn index_usage(&self) -> Vec<IndexUsage> {
        match &self.backend {
            Backend::Mongo(mongo) => mongo.index_usage().await,
            Backend::Sqlite(_) => Vec::new(),
        }
    }

    /// The name of what keeps the jobs, and how its connections are used.
    pub fn connections(&self) -> (&'static str, Connections) {
        match &self.backend {
            Backend::Mongo(mongo) => ("mongodb", mongo.connections()),
            Backend::Sqlite(sqlite) => ("sqlite", sqlite.connections()),
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
            Opened::sqlite(SqliteStore::open(&config.sqlite_file(), &config.sqlite).await?)
        }
        StoreBackend::Mongodb => Opened::mongo(MongoStore::open(&config.mongodb)?),
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
