//! How recap reaches a Redis: one connection that comes back by itself, calls
//! that end in time, and the knowledge whether the server is away.
//!
//! Invariant: no call waits longer than `redis.timeout_seconds`, and while the
//! server is away none waits at all.

mod info;
mod watcher;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use recap_config::{RedisConfig, Secret};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::io::tcp::TcpSettings;
use redis::{Client, IntoConnectionInfo as _, RedisResult};
use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;
use tracing::warn;

pub use info::Memory;
pub use redis;

/// Longest pause between attempts to connect.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// A Redis server, away or not. Clones share one connection.
#[derive(Clone)]
pub struct Redis {
    client: Client,
    manager: ConnectionManager,
    timeout: Duration,
    prefix: Arc<str>,
    away: watch::Receiver<bool>,
    seen: Arc<watch::Sender<bool>>,
    counts: Arc<Counts>,
    _watcher: Arc<AbortOnDropHandle<()>>,
}

#[derive(Default)]
struct Counts {
    losses: AtomicU64,
    in_flight: AtomicU64,
}

/// Counts a call until it is dropped, answered or not.
struct InFlight<'a>(&'a AtomicU64);

impl<'a> InFlight<'a> {
    fn new(count: &'a AtomicU64) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Why a call had no result.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    #[error("Redis is away")]
    Away,
    #[error("Redis did not answer in time")]
    Timeout,
    #[error(transparent)]
    Redis(#[from] redis::RedisError),
}

impl Redis {
    /// Does not wait for the server: it is connected to with the first call.
    /// Must be called inside a tokio runtime.
    ///
    /// # Errors
    ///
    /// When the URL cannot be understood.
    pub fn connect(url: &Secret, config: &RedisConfig) -> RedisResult<Self> {
        let timeout = config.timeout();
        // A path that dies in silence would else be waited for as long as the
        // kernel has patience, a quarter of an hour.
        let tcp = TcpSettings::default().set_nodelay(true).set_user_timeout(timeout);
        let client = Client::open(url.expose().into_connection_info()?.set_tcp_settings(tcp))?;
        let settings = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(timeout))
            // The default of half a second takes a busy server for a dead one.
            .set_response_timeout(Some(timeout))
            .set_number_of_retries(2)
            .set_max_delay(LONGEST_PAUSE);
        let manager = ConnectionManager::new_lazy_with_config(client.clone(), settings)?;
        let (seen, away) = watch::channel(false);
        let seen = Arc::new(seen);
        let watcher = watcher::spawn(manager.clone(), Arc::clone(&seen), config);
        let prefix = config.prefix.as_str().into();
        let counts = Arc::default();
        Ok(Self {
            client,
            manager,
            timeout,
            prefix,
            away,
            seen,
            counts,
            _watcher: Arc::new(watcher),
        })
    }

    /// `{prefix}:{name}`
    pub fn key(&self, name: impl std::fmt::Display) -> String {
        format!("{}:{name}", self.prefix)
    }

    /// For what needs a connection of its own, as subscribing does.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Whether the last call went unanswered, and no sign of life came since.
    pub fn is_away(&self) -> bool {
        *self.away.borrow()
    }

    /// How often the server went away so far.
    pub fn losses(&self) -> u64 {
        self.counts.losses.load(Ordering::Relaxed)
    }

    /// Calls that wait for an answer.
    pub fn in_flight(&self) -> u64 {
        self.counts.in_flight.load(Ordering::Relaxed)
    }

    /// Changes with [`Redis::is_away`].
    pub fn away(&self) -> watch::Receiver<bool> {
        self.away.clone()
    }

    /// From a kind of error that only an absent server causes, it is away.
    fn report(&self, error: &redis::RedisError) {
        let gone = error.is_io_error() || error.is_timeout() || error.is_unrecoverable_error();
        if gone {
            self.leave(&error.to_string());
        }
    }

    /// Makes one call, in time.
    ///
    /// # Errors
    ///
    /// At once while the server is away; else what the server said, or that it
    /// said nothing.
    pub async fn call<T>(
        &self,
        work: impl AsyncFnOnce(&mut ConnectionManager) -> RedisResult<T>,
    ) -> Result<T, CallError> {
        if self.is_away() {
            return Err(CallError::Away);
        }
        let _call = InFlight::new(&self.counts.in_flight);
        let mut manager = self.manager.clone();
        match tokio::time::timeout(self.timeout, work(&mut manager)).await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => {
                self.report(&error);
                Err(error.into())
            }
            Err(_elapsed) => {
                self.leave("no answer in time");
                Err(CallError::Timeout)
            }
        }
    }

    /// How the server uses its memory, and what it does when there is none left.
    ///
    /// # Errors
    ///
    /// As [`Redis::call`].
    pub async fn memory(&self) -> Result<Memory, CallError> {
        let asking =
            async |it: &mut _| redis::cmd("INFO").arg("memory").query_async::<String>(it).await;
        Ok(Memory::parse(&self.call(asking).await?))
    }

    fn leave(&self, why: &str) {
        if !self.seen.send_replace(true) {
            self.counts.losses.fetch_add(1, Ordering::Relaxed);
            warn!(error = why, "Redis does not answer; going on without it until it does");
        }
    }
}
