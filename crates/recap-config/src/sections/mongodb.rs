//! The MongoDB server.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::check::between;
use crate::error::Problem;
use crate::secret::Secret;

/// The MongoDB server: `[mongodb]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MongodbConfig {
    /// Its connection string, as in `mongodb://host:27017`. Also `MONGODB_URI`.
    #[schema(value_type = String)]
    pub url: Secret,
    /// The database; one named in the URL's path wins.
    pub database: String,
    /// Most connections of one process.
    pub pool: u32,
    /// How long connecting, and choosing a server, may take, in seconds.
    pub connect_seconds: u64,
    /// How long a connection without work is kept, in seconds.
    pub idle_seconds: u64,
    /// Longest operation, in seconds (`maxTimeMS`).
    pub operation_seconds: u64,
}

impl Default for MongodbConfig {
    fn default() -> Self {
        Self {
            url: Secret::default(),
            database: "recap".to_owned(),
            pool: 5,
            connect_seconds: 5,
            idle_seconds: 60,
            operation_seconds: 10,
        }
    }
}

impl MongodbConfig {
    pub fn connect_timeout(&self) -> Duration {
        Duration::from_secs(self.connect_seconds)
    }

    pub fn idle_timeout(&self) -> Duration {
        Duration::from_secs(self.idle_seconds)
    }

    pub fn operation_timeout(&self) -> Duration {
        Duration::from_secs(self.operation_seconds)
    }

    pub(crate) fn check(&self, found: &mut Vec<Problem>) {
        let url = self.url.expose();
        let known = ["mongodb://", "mongodb+srv://"].iter().any(|it| url.starts_with(it));
        if !url.is_empty() && !known {
            let mend = "use a URL that begins with mongodb:// or mongodb+srv://";
            found.push(Problem::invalid("mongodb.url", mend));
        }
        let name = &self.database;
        if name.is_empty()
            || name.len() > 63
            || name.contains(['/', '\\', '.', '"', '$', ' ', '\0'])
        {
            let mend = "name a database of up to 63 letters, digits, hyphens and underscores";
            found.push(Problem::invalid("mongodb.database", mend));
        }
        between("mongodb.pool", self.pool, 1, 100, found);
        between("mongodb.connect_seconds", self.connect_seconds, 1, 60, found);
        between("mongodb.idle_seconds", self.idle_seconds, 1, 3600, found);
        between("mongodb.operation_seconds", self.operation_seconds, 1, 60, found);
    }
}
