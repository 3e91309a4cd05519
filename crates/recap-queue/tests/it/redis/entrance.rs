//! One prefix on a server, and what may be done to it behind the queue's back.

use std::sync::Arc;

use apalis_core::task::builder::TaskBuilder;
use apalis_core::task::task_id::TaskId;
use apalis_redis::queries;
use async_trait::async_trait;
use recap_config::{Config, Secret};
use recap_core::ports::Queue;
use recap_redis::redis::aio::{ConnectionManager, ConnectionManagerConfig};
use recap_redis::redis::{Client, FromRedisValue, cmd};
use recap_testkit::conformance::queue::{Entrance, REGIONS};
use recap_testkit::servers;
use ulid::Ulid;

pub(super) struct RedisEntrance {
    pub(super) config: Config,
}

impl RedisEntrance {
    pub(super) fn new(url: &str) -> Self {
        let mut config = Config::default();
        config.redis.url = Secret::new(url);
        config.redis.prefix = servers::fresh_name();
        config.queue.poll_ms = 100;
        config.queue.regions = REGIONS.map(str::to_owned).to_vec();
        Self { config }
    }

    /// `part` of the lane of unpinned interactive entries.
    pub(super) fn key(&self, part: &str) -> String {
        format!("{}:queue:interactive:{part}", self.config.redis.prefix)
    }

    /// A connection that knows nothing of the queue, and is patient.
    pub(super) async fn connection(&self) -> ConnectionManager {
        let client = Client::open(self.config.redis.url.expose()).unwrap();
        let settings = ConnectionManagerConfig::new().set_response_timeout(None);
        client.get_connection_manager_with_config(settings).await.unwrap()
    }

    pub(super) async fn call<T: FromRedisValue>(&self, name: &str, arguments: &[&str]) -> T {
        cmd(name).arg(arguments).query_async(&mut self.connection().await).await.unwrap()
    }

    /// Every key of this queue, without what they all begin with.
    pub(super) async fn keys(&self) -> Vec<String> {
        let prefix = format!("{}:queue:", self.config.redis.prefix);
        let mut keys: Vec<String> = self.call("KEYS", &[&format!("{prefix}*")]).await;
        keys.sort();
        keys.iter().map(|it| it.trim_start_matches(&prefix).to_owned()).collect()
    }

    /// Pushes with nothing but apalis-redis.
    pub(super) async fn push_raw(&self, entries: &[(String, Vec<u8>)]) {
        let settings = apalis_redis::Config::default().queue(self.key("").trim_end_matches(':'));
        let mut connection = self.connection().await;
        for batch in entries.chunks(500) {
            let task = |(id, stored): &(String, Vec<u8>)| {
                TaskBuilder::new(stored.clone()).task_id(TaskId::from_string(id)).build()
            };
            let tasks: Vec<_> = batch.iter().map(task).collect();
            queries::push_tasks(&mut connection, &settings, &tasks).await.unwrap();
        }
    }
}

#[async_trait]
impl Entrance for RedisEntrance {
    async fn connect(&self) -> Arc<dyn Queue> {
        recap_queue::connect(&self.config).await.unwrap()
    }

    async fn spoil(&self) {
        let stored = [&br#"{"kind":"paint"}"#[..], b"\0", b"", b"\xff\xfe"];
        let entries = stored.map(|it| (format!("odd {}", Ulid::generate()), it.to_vec()));
        self.push_raw(&entries).await;
    }
}
