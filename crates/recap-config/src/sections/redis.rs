//! The Redis server.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::check::{between, redis_url};
use crate::error::Problem;
use crate::secret::Secret;

/// The Redis server: `[redis]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RedisConfig {
    /// As in `redis://host:6379`, or `rediss://` for TLS. Also `REDIS_URL`.
    #[schema(value_type = String)]
    pub url: Secret,
    /// What the names of all keys begin with.
    pub prefix: String,
    /// How long connecting, and each call, may take, in seconds.
    pub timeout_seconds: u64,
    /// How long a server that did not answer is left alone, in milliseconds; then
    /// it is asked for a sign of life. Meanwhile nobody waits for it.
    pub rest_ms: u64,
}

impl Default for RedisConfig {
    fn default() -> Self {
        Self {
            url: Secret::default(),
            prefix: "recap".to_owned(),
            timeout_seconds: 5,
            rest_ms: 1000,
        }
    }
}

impl RedisConfig {
    pub fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds)
    }

    pub fn rest(&self) -> Duration {
        Duration::from_millis(self.rest_ms)
    }

    pub(crate) fn check(&self, found: &mut Vec<Problem>) {
        redis_url("redis.url", &self.url, found);
        let known = |it: u8| it.is_ascii_alphanumeric() || b"-_.".contains(&it);
        if !(1..=64).contains(&self.prefix.len()) || !self.prefix.bytes().all(known) {
            let mend = "use 1 to 64 letters, digits, hyphens, dots and underscores";
            found.push(Problem::invalid("redis.prefix", mend));
        }
        between("redis.timeout_seconds", self.timeout_seconds, 1, 5, found);
        between("redis.rest_ms", self.rest_ms, 100, 60_000, found);
    }
}
