//! The settings, one file per section.

mod auth;
mod breakers;
mod cache;
mod calls;
mod data;
mod egress;
mod features;
mod gemini;
mod jobs;
mod limits;
mod log;
mod media;
mod mongodb;
mod openai;
mod queue;
mod redis;
mod resources;
mod runtime;
mod server;
mod shared;
mod store;
mod summarize;
mod webhooks;
mod worker;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use auth::AuthConfig;
pub use breakers::BreakersConfig;
pub use cache::CacheConfig;
pub use calls::CallSettings;
pub use data::DataConfig;
pub use egress::{EgressConfig, FIRST as FIRST_EGRESS};
pub use features::FeaturesConfig;
pub use gemini::GeminiConfig;
pub use jobs::JobsConfig;
pub use limits::LimitsConfig;
pub use log::{LogConfig, LogFormat};
pub use media::{MediaConfig, WarmMode};
pub use mongodb::MongodbConfig;
pub use openai::{JsonMode, OpenaiConfig, Reasoning};
pub use queue::{QueueBackend, QueueConfig};
pub use redis::RedisConfig;
pub use resources::ResourcesConfig;
pub use runtime::{Environment, Optimization, RuntimeConfig};
pub use server::ServerConfig;
pub use shared::{SharedBackend, SharedConfig};
pub use store::{SqliteConfig, StoreBackend, StoreConfig};
pub use summarize::{Provider, SummarizeConfig};
pub use webhooks::WebhooksConfig;
pub use worker::WorkerConfig;

use crate::error::Problem;
use crate::secret::Secret;

/// Everything that can be set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub runtime: RuntimeConfig,
    pub resources: ResourcesConfig,
    pub data: DataConfig,
    pub server: ServerConfig,
    pub auth: AuthConfig,
    pub store: StoreConfig,
    pub sqlite: SqliteConfig,
    pub mongodb: MongodbConfig,
    pub queue: QueueConfig,
    pub redis: RedisConfig,
    pub shared: SharedConfig,
    pub cache: CacheConfig,
    pub breakers: BreakersConfig,
    pub worker: WorkerConfig,
    pub jobs: JobsConfig,
    pub limits: LimitsConfig,
    pub media: MediaConfig,
    pub summarize: SummarizeConfig,
    pub gemini: GeminiConfig,
    pub openai: OpenaiConfig,
    pub webhooks: WebhooksConfig,
    pub features: FeaturesConfig,
    pub log: LogConfig,
}

impl Config {
    /// Every rule that a type cannot say, section by section.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        self.runtime.check(&mut found);
        self.resources.check(&mut found);
        self.server.check(&mut found);
        self.auth.check(&mut found);
        self.store.check(&mut found);
        self.sqlite.check(&mut found);
        self.mongodb.check(&mut found);
        self.queue.check(&mut found);
        self.redis.check(&mut found);
        self.shared.check(&mut found);
        self.cache.check(&mut found);
        self.breakers.check(&mut found);
        self.worker.check(&mut found);
        self.jobs.check(&mut found);
        self.limits.check(&mut found);
        self.media.check(&mut found);
        self.summarize.check(&mut found);
        self.gemini.check(&mut found);
        self.openai.check(&mut found);
        self.webhooks.check(&mut found);
        self.check_backends(&mut found);
        self.check_environment(&mut found);
        found
    }

    /// What one section needs of another.
    fn check_backends(&self, found: &mut Vec<Problem>) {
        let mut need = |key, wanted: bool, url: &Secret, mend: &str| {
            if wanted && url.is_empty() {
                found.push(Problem::invalid(key, mend));
            }
        };
        let mongodb = self.store.backend == StoreBackend::Mongodb;
        need("store.backend", mongodb, &self.mongodb.url, "set mongodb.url, or MONGODB_URI");
        let queue = self.queue.backend == QueueBackend::Redis;
        need("queue.backend", queue, self.queue_url(), "set redis.url, or REDIS_URL");
        let shared = self.shared.backend == SharedBackend::Redis;
        need("shared.backend", shared, &self.redis.url, "set redis.url, or REDIS_URL");
        let door = &self.server.keep_awake_url;
        if door.starts_with("http://") && !self.webhooks.allow_http {
            let mend = "use https://; http:// needs webhooks.allow_http";
            found.push(Problem::invalid("server.keep_awake_url", mend));
        }
        for region in self.worker.regions.iter().filter(|it| !self.queue.regions.contains(it)) {
            let mend = format!("{region} is not among queue.regions; add it there");
            found.push(Problem::invalid("worker.regions", mend));
        }
    }

    /// What is fine while recap is tried out, and not where it serves.
    fn check_environment(&self, found: &mut Vec<Problem>) {
        let loopback = [Ipv4Addr::LOCALHOST.into(), IpAddr::from(Ipv6Addr::LOCALHOST)];
        let near = |it: &ipnet::IpNet| {
            it.network().is_loopback() || loopback.iter().any(|address| it.contains(address))
        };
        let production = self.runtime.environment == Environment::Production;
        if production && self.webhooks.allowed_networks().iter().any(near) {
            let mend = "in production no message may go to the machine itself, where recap and its \
                        neighbours listen; leave loopback out";
            found.push(Problem::invalid("webhooks.allow_cidrs", mend));
        }
    }

    /// The Redis of the queue.
    pub fn queue_url(&self) -> &Secret {
        let own = &self.queue.redis_url;
        if own.is_empty() { &self.redis.url } else { own }
    }

    /// What carries the queue: never [`QueueBackend::Auto`].
    pub fn queue_backend(&self) -> QueueBackend {
        match self.queue.backend {
            QueueBackend::Auto if self.queue_url().is_empty() => QueueBackend::Sqlite,
            QueueBackend::Auto => QueueBackend::Redis,
            chosen => chosen,
        }
    }

    /// What keeps the jobs: never [`StoreBackend::Auto`].
    pub fn store_backend(&self) -> StoreBackend {
        match self.store.backend {
            StoreBackend::Auto if self.mongodb.url.is_empty() => StoreBackend::Sqlite,
            StoreBackend::Auto => StoreBackend::Mongodb,
            chosen => chosen,
        }
    }

    /// Where the shared state is: never [`SharedBackend::Auto`].
    pub fn shared_backend(&self) -> SharedBackend {
        match self.shared.backend {
            SharedBackend::Auto if self.redis.url.is_empty() => SharedBackend::Memory,
            SharedBackend::Auto => SharedBackend::Redis,
            chosen => chosen,
        }
    }

    /// The file of the embedded store and queue.
    pub fn sqlite_file(&self) -> std::path::PathBuf {
        self.data.dir.join(&self.sqlite.file)
    }
}
