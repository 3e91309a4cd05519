//! What is logged, and how.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is logged, and how: `[log]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LogConfig {
    /// `text` for people, `json` for machines.
    pub format: LogFormat,
    /// What is let through, as in `recap=debug,sqlx=warn`. Also `RUST_LOG`. By
    /// default not what anyone who connects could fill the log with.
    pub filter: String,
}

/// The form of a log line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    #[default]
    Text,
    Json,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self {
            format: LogFormat::Text,
            filter: "info,actix_http=off,actix_server=warn,sqlx=warn".into(),
        }
    }
}
