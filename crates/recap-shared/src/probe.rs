//! Whether what is shared is shared with all.

use std::time::Duration;

use async_trait::async_trait;
use recap_core::ports::{Condition, Probe};
use recap_redis::redis::cmd;

use crate::server::Server;

const NAME: &str = "shared";

/// Within the two seconds that a probe has.
const PATIENCE: Duration = Duration::from_millis(1500);

/// The memory of this process is always there.
pub(crate) struct MemoryProbe;

#[async_trait]
impl Probe for MemoryProbe {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn probe(&self) -> Condition {
        Condition::Ok
    }
}

pub(crate) struct RedisProbe(Server);

impl RedisProbe {
    pub(crate) fn new(server: Server) -> Self {
        Self(server)
    }
}

#[async_trait]
impl Probe for RedisProbe {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn probe(&self) -> Condition {
        let fallback = |detail: &str| Condition::Fallback { detail: detail.to_owned() };
        // Before the call, because one that succeeds says that all is well.
        if self.0.is_refusing() {
            return fallback("Redis refuses; this process goes by itself");
        }
        let ping = cmd("PING");
        match tokio::time::timeout(PATIENCE, self.0.query::<String>(&ping)).await {
            Ok(Some(_)) => Condition::Ok,
            _ => fallback("Redis does not answer; this process goes by itself"),
        }
    }
}
