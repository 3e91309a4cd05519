//! Where jobs are kept.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::check::{between, seconds};
use crate::error::Problem;

/// Where jobs are kept: `[store]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct StoreConfig {
    /// What keeps them.
    pub backend: StoreBackend,
    /// How long a running job waits for a store that is away, in seconds, before
    /// its attempt is given up. Nobody else can have the job meanwhile.
    pub outage_seconds: u64,
    /// How long a gateway leaves a store alone that it has waited for in vain, in
    /// milliseconds; then one question finds out whether it is back. Meanwhile
    /// requests are answered without it.
    pub rest_ms: u64,
}

/// What keeps the jobs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StoreBackend {
    /// MongoDB if the URL of one is set, else SQLite.
    #[default]
    Auto,
    /// The embedded database of `[sqlite]`.
    Sqlite,
    /// The server of `[mongodb]`.
    Mongodb,
}

impl Default for StoreConfig {
    fn default() -> Self {
        Self { backend: StoreBackend::Auto, outage_seconds: 300, rest_ms: 500 }
    }
}

impl StoreConfig {
    pub fn outage(&self) -> Duration {
        Duration::from_secs(self.outage_seconds)
    }

    pub fn rest(&self) -> Duration {
        Duration::from_millis(self.rest_ms)
    }

    pub(crate) fn check(&self, found: &mut Vec<Problem>) {
        between("store.outage_seconds", self.outage_seconds, 1, 3600, found);
        between("store.rest_ms", self.rest_ms, 100, 60_000, found);
    }
}

/// The embedded database: `[sqlite]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SqliteConfig {
    /// Its file, in the data directory unless the path is absolute.
    #[schema(value_type = String)]
    pub file: PathBuf,
    /// Connections to it.
    pub pool: u32,
    /// How long a write waits for another one, in seconds.
    pub busy_timeout_seconds: u64,
}

impl Default for SqliteConfig {
    fn default() -> Self {
        Self { file: PathBuf::from("recap.db"), pool: 4, busy_timeout_seconds: 15 }
    }
}

impl SqliteConfig {
    pub fn busy_timeout(&self) -> Duration {
        Duration::from_secs(self.busy_timeout_seconds)
    }

    pub(crate) fn check(&self, found: &mut Vec<Problem>) {
        between("sqlite.pool", self.pool, 1, 32, found);
        seconds("sqlite.busy_timeout_seconds", self.busy_timeout_seconds, 1, found);
        if self.file.as_os_str().is_empty() {
            found.push(Problem::invalid("sqlite.file", "name a file, as in recap.db"));
        }
    }
}
