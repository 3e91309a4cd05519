//! Where recap runs, and how large.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::check::between;
use crate::error::Problem;

/// Where recap runs, and how large: `[runtime]`. Two of these stand for sets of
/// other settings, the [profiles](#profiles); whatever is set by itself wins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RuntimeConfig {
    /// The kind of place recap runs in. Also `ENVIRONMENT`.
    pub environment: Environment,
    /// How much of a machine recap makes use of. Also `OPTIMIZATION_LEVEL`.
    pub optimization: Optimization,
    /// Threads for everything but requests, which have those of `server.workers`.
    pub threads: usize,
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

/// How much of a machine recap makes use of.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, strum::Display,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Optimization {
    /// A tenth of a core and 512 MB for everything.
    Basic,
    /// The defaults: one small machine, with room for clients that wait.
    #[default]
    Standard,
    /// Several cores and 2 GB for one process.
    Aggressive,
    /// The defaults, for whoever sets each number by itself.
    Custom,
}

impl Default for RuntimeConfig {
    fn default() -> Self {
        Self {
            environment: Environment::default(),
            optimization: Optimization::default(),
            threads: 2,
        }
    }
}

impl RuntimeConfig {
    pub(crate) fn check(&self, found: &mut Vec<Problem>) {
        between("runtime.threads", self.threads, 1, 64, found);
    }
}
