//! Asking the Redis, or going on without it.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use recap_core::ports::Link;
use recap_redis::redis::aio::ConnectionManager;
use recap_redis::redis::{Client, Cmd, FromRedisValue, Pipeline, RedisResult, ScriptInvocation};
use recap_redis::{CallError, Redis};
use tokio::sync::watch;
use tracing::warn;

/// How long a refusal is remembered.
const MEMORY: Duration = Duration::from_secs(30);

/// A Redis whose answers are welcome and never needed.
#[derive(Clone)]
pub(crate) struct Server {
    redis: Redis,
    /// When it last answered with an error. It does so while it loads its data,
    /// and to who writes when it has no memory left.
    refused: Arc<Mutex<Option<Instant>>>,
}

impl Server {
    pub(crate) fn new(redis: Redis) -> Self {
        Self { redis, refused: Arc::default() }
    }

    pub(crate) fn is_away(&self) -> bool {
        self.redis.is_away()
    }

    pub(crate) fn link(&self) -> Link {
        let (away, redis) = (self.redis.is_away(), &self.redis);
        Link { away, losses: redis.losses(), in_flight: redis.in_flight() }
    }

    /// Whether it answered with an error a short while ago. What it said since
    /// does not count: a server without memory still answers those who read.
    pub(crate) fn is_refusing(&self) -> bool {
        let refused = self.refused.lock().expect("not poisoned");
        refused.is_some_and(|it| it.elapsed() < MEMORY)
    }

    /// Changes with [`Server::is_away`].
    pub(crate) fn away(&self) -> watch::Receiver<bool> {
        self.redis.away()
    }

    /// `{prefix}:{name}`
    pub(crate) fn key(&self, name: impl std::fmt::Display) -> String {
        self.redis.key(name)
    }

    pub(crate) fn client(&self) -> &Client {
        self.redis.client()
    }

    /// What a command says; `None` when the caller has to go on by itself,
    /// because the server is away or refuses.
    pub(crate) async fn query<T: FromRedisValue>(&self, command: &Cmd) -> Option<T> {
        let asking = async |it: &mut ConnectionManager| command.query_async(it).await;
        self.said(self.redis.call(asking).await)
    }

    /// As [`Server::query`], for a script. One round trip, but for the first.
    pub(crate) async fn run<T: FromRedisValue>(&self, call: &ScriptInvocation<'_>) -> Option<T> {
        let asking = async |it: &mut ConnectionManager| call.invoke_async(it).await;
        self.said(self.redis.call(asking).await)
    }

    /// As [`Server::query`], for several commands whose answers do not matter.
    pub(crate) async fn send(&self, commands: &Pipeline) -> Option<()> {
        let asking =
            async |it: &mut ConnectionManager| -> RedisResult<()> { commands.exec_async(it).await };
        self.said(self.redis.call(asking).await)
    }

    /// Used memory, in bytes.
    pub(crate) async fn used_memory(&self) -> Option<u64> {
        self.said(self.redis.memory().await).map(|it| it.used)
    }

    /// recap-redis says when the server goes and comes; this says when it is
    /// there and refuses.
    fn said<T>(&self, answer: Result<T, CallError>) -> Option<T> {
        let error = match answer {
            Ok(value) => return Some(value),
            Err(CallError::Redis(error)) if !self.is_away() => error,
            Err(_) => return None,
        };
        if !self.is_refusing() {
            warn!(%error, "Redis refuses; going on without it until it does not");
        }
        *self.refused.lock().expect("not poisoned") = Some(Instant::now());
        None
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use recap_config::{RedisConfig, Secret};
    use recap_redis::Redis;
    use recap_testkit::servers;

    use super::Server;

    /// A server with a prefix that nobody else uses.
    pub(crate) fn server() -> Server {
        let config = RedisConfig { prefix: servers::fresh_name(), ..RedisConfig::default() };
        Server::new(Redis::connect(&Secret::new(servers::redis()), &config).unwrap())
    }
}
