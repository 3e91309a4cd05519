//! The settings, one file per section.

mod data;
mod features;
mod gemini;
mod jobs;
mod limits;
mod log;
mod media;
mod queue;
mod server;
mod store;
mod summarize;
mod worker;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use data::DataConfig;
pub use features::FeaturesConfig;
pub use gemini::GeminiConfig;
pub use jobs::JobsConfig;
pub use limits::LimitsConfig;
pub use log::{LogConfig, LogFormat};
pub use media::MediaConfig;
pub use queue::{QueueBackend, QueueConfig};
pub use server::ServerConfig;
pub use store::{SqliteConfig, StoreBackend, StoreConfig};
pub use summarize::{Provider, SummarizeConfig};
pub use worker::WorkerConfig;

use crate::error::Problem;

/// Everything that can be set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub runtime: RuntimeConfig,
    pub data: DataConfig,
    pub server: ServerConfig,
    pub store: StoreConfig,
    pub sqlite: SqliteConfig,
    pub queue: QueueConfig,
    pub worker: WorkerConfig,
    pub jobs: JobsConfig,
    pub limits: LimitsConfig,
    pub media: MediaConfig,
    pub summarize: SummarizeConfig,
    pub gemini: GeminiConfig,
    pub features: FeaturesConfig,
    pub log: LogConfig,
}

impl Config {
    /// Every rule that a type cannot say, section by section.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        self.server.check(&mut found);
        self.sqlite.check(&mut found);
        self.queue.check(&mut found);
        self.worker.check(&mut found);
        self.jobs.check(&mut found);
        self.limits.check(&mut found);
        self.media.check(&mut found);
        self.summarize.check(&mut found);
        self.gemini.check(&mut found);
        found
    }

    /// The file of the embedded store and queue.
    pub fn sqlite_file(&self) -> std::path::PathBuf {
        self.data.dir.join(&self.sqlite.file)
    }
}

/// Where recap runs: `[runtime]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RuntimeConfig {
    /// Named in the logs: `development`, `testing` or `production`. Also `ENVIRONMENT`.
    pub environment: Environment,
}

/// The kind of place recap runs in.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, strum::Display,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Environment {
    #[default]
    Development,
    Testing,
    Production,
}
