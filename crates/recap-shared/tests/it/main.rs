//! What is shared keeps its contracts, in memory and on a real Redis, and goes
//! on while the Redis is away.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod away;
mod bounds;
mod died;
mod wire;

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use recap_config::{Config, Secret};
use recap_core::jobs::Clock;
use recap_core::ports::{CacheKey, Condition, Resource};
use recap_redis::redis;
use recap_shared::{Shared, connect};
use recap_testkit::conformance::shared::{self as contract, Ports};
use recap_testkit::servers;
use tokio::time::{Instant, sleep};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_keeps_the_contracts() {
    contract::all(async || ports(&connect(&config(), clock()).unwrap())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_keeps_the_contracts() {
    contract::all(async || ports(&connect(&on_redis(servers::redis()), clock()).unwrap())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_share() {
    contract::across(async || {
        let [a, b] = processes(servers::redis());
        (ports(&a), ports(&b))
    })
    .await;
}

#[tokio::test]
async fn a_server_that_cannot_be_one_is_an_error() {
    let mut config = on_redis("redis://");
    config.redis.url = Secret::new("http://localhost");
    let error = connect(&config, clock()).err().unwrap();
    assert_eq!(error.to_string(), "redis.url cannot be understood");
}

#[tokio::test]
async fn memory_is_always_there() {
    let shared = connect(&config(), clock()).unwrap();
    assert_eq!((shared.probe.name(), shared.probe.probe().await), ("shared", Condition::Ok));
    assert!(!shared.numbers().redis_away);
}

/// The settings that the contracts assume, in memory.
fn config() -> Config {
    let mut config = Config::default();
    config.limits.fetches = contract::FETCHES;
    config.limits.summarizations = contract::SUMMARIZATIONS;
    config.shared.slot_lease_seconds = contract::LEASE_SECONDS;
    config.cache.flight_seconds = contract::FLIGHT_SECONDS;
    config.cache.max_value_kb = contract::MAX_VALUE_KB;
    config.breakers.failures = contract::FAILURES;
    config.breakers.open_seconds = contract::OPEN_SECONDS;
    config.breakers.half_open_seconds = contract::HALF_OPEN_SECONDS;
    config
}

/// The same on the server at `url`, with keys that nobody else uses.
fn on_redis(url: &str) -> Config {
    let mut config = config();
    config.redis.url = Secret::new(url);
    config.redis.prefix = servers::fresh_name();
    config
}

/// Two processes that share.
fn processes(url: &str) -> [Shared; 2] {
    let config = on_redis(url);
    [(); 2].map(|()| connect(&config, clock()).unwrap())
}

fn ports(shared: &Shared) -> Ports {
    let Shared { events, slots, cache, breakers, limits, .. } = shared.clone();
    Ports { events, slots, cache, breakers, limits }
}

#[expect(clippy::disallowed_methods, reason = "the server's clock is real, too")]
fn clock() -> Clock {
    std::sync::Arc::new(Timestamp::now)
}

fn key(id: &str) -> CacheKey {
    CacheKey { resource: Resource::Summary, id: id.to_owned(), version: "1".to_owned() }
}

async fn put(shared: &Shared, id: &str) {
    shared.cache.put(&key(id), Bytes::from_static(b"value")).await;
}

async fn has(shared: &Shared, id: &str) -> bool {
    shared.cache.get(&key(id)).await.is_some()
}

/// Waits until `processes` with these settings hear each other.
async fn all_listen(config: &Config, processes: u64) {
    let client = redis::Client::open(config.redis.url.expose()).unwrap();
    let connection = client.get_multiplexed_async_connection().await.unwrap();
    let channel = format!("{}:events", config.redis.prefix);
    let listening = redis::cmd("PUBSUB").arg("NUMSUB").arg(&channel).to_owned();
    until("they listen", async || {
        let mut connection = connection.clone();
        listening.query_async::<(String, u64)>(&mut connection).await.unwrap().1 == processes
    })
    .await;
}

/// Waits until `holds`, for at most ten seconds. Returns how long it took.
async fn until(what: &str, holds: impl AsyncFn() -> bool) -> Duration {
    let began = Instant::now();
    while !holds().await {
        assert!(began.elapsed() < Duration::from_secs(10), "{what}");
        sleep(Duration::from_millis(10)).await;
    }
    began.elapsed()
}

/// What comes of `work`, which must not wait for a server.
async fn at_once<T>(work: impl Future<Output = T>) -> T {
    let soon = Duration::from_secs(1);
    tokio::time::timeout(soon, work).await.expect("nobody waits for the server")
}
