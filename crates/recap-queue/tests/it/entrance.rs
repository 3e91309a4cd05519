//! One file, and what may be done to it behind the queue's back.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use recap_config::Config;
use recap_core::ports::Queue;
use recap_testkit::conformance::queue::Entrance;
use sqlx::SqlitePool;
use sqlx::sqlite::SqliteConnectOptions;
use ulid::Ulid;

pub(crate) struct SqliteEntrance {
    pub(crate) config: Config,
}

impl SqliteEntrance {
    pub(crate) fn new(data: &Path) -> Self {
        let mut config = Config::default();
        config.data.dir = data.into();
        config.queue.poll_ms = 100;
        Self { config }
    }

    /// A connection that knows nothing of the queue.
    pub(crate) async fn database(&self) -> SqlitePool {
        let options = SqliteConnectOptions::new().filename(self.config.sqlite_file());
        SqlitePool::connect_with(options).await.unwrap()
    }
}

#[async_trait]
impl Entrance for SqliteEntrance {
    async fn connect(&self) -> Arc<dyn Queue> {
        recap_queue::connect(&self.config).await.unwrap()
    }

    async fn spoil(&self) {
        let insert = "INSERT INTO Jobs (job, id, job_type, priority) VALUES (?, ?, 'recap', 99)";
        for entry in [r#"{"kind":"paint"}"#, "\u{0}"] {
            let query = sqlx::query(insert).bind(entry.as_bytes());
            query.bind(Ulid::generate().to_string()).execute(&self.database().await).await.unwrap();
        }
    }
}
