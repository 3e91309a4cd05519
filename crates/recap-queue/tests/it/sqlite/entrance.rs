//! One file, and what may be done to it behind the queue's back.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use recap_config::Config;
use recap_core::ports::Queue;
use recap_testkit::conformance::queue::{Entrance, REGIONS};
use sqlx::SqlitePool;
use sqlx::sqlite::SqliteConnectOptions;
use ulid::Ulid;

pub(super) struct SqliteEntrance {
    pub(super) config: Config,
}

impl SqliteEntrance {
    pub(super) fn new(data: &Path) -> Self {
        let mut config = Config::default();
        config.data.dir = data.into();
        config.queue.poll_ms = 100;
        config.queue.regions = REGIONS.map(str::to_owned).to_vec();
        Self { config }
    }

    /// A connection that knows nothing of the queue.
    pub(super) async fn database(&self) -> SqlitePool {
        let options = SqliteConnectOptions::new().filename(self.config.sqlite_file());
        SqlitePool::connect_with(options).await.unwrap()
    }

    /// Adds an entry as a recap did that had one lane only.
    pub(super) async fn insert_old(&self, id: &str, stored: &[u8], priority: i64) {
        let insert = "INSERT INTO Jobs (job, id, job_type, priority) VALUES (?, ?, 'recap', ?)";
        let query = sqlx::query(insert).bind(stored).bind(id).bind(priority);
        query.execute(&self.database().await).await.unwrap();
    }
}

#[async_trait]
impl Entrance for SqliteEntrance {
    async fn connect(&self) -> Arc<dyn Queue> {
        recap_queue::connect(&self.config).await.unwrap()
    }

    async fn spoil(&self) {
        self.insert_old(&Ulid::generate().to_string(), br#"{"kind":"paint"}"#, 99).await;
        self.insert_old(&Ulid::generate().to_string(), b"\0", 0).await;
        self.insert_old(&format!("not a ULID: {}", Ulid::generate()), b"", 0).await;
    }
}
