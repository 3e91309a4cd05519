//! How much is kept, where, and for how long.

use std::time::Duration;

use bytes::Bytes;
use recap_core::ports::Slot;
use recap_redis::redis::{self, AsyncTypedCommands as _};
use recap_shared::connect;
use recap_testkit::servers;

use crate::{all_listen, clock, config, has, key, on_redis, put, until};

#[tokio::test]
async fn memory_is_bounded_and_can_be_made_less() {
    let mut config = config();
    config.cache.memory_mb = 1;
    let shared = connect(&config, clock()).unwrap();
    let value = Bytes::from(vec![7; 40 << 10]);
    for id in 0..100 {
        shared.cache.put(&key(&id.to_string()), value.clone()).await;
    }
    let numbers = shared.numbers();
    assert!((900 << 10..=1 << 20).contains(&numbers.cache_memory_bytes), "{numbers:?}");
    assert_eq!(numbers.cache_memory_entries, 25);
    assert!(has(&shared, "99").await && !has(&shared, "0").await);
    shared.set_cache_memory(100 << 10);
    assert_eq!(shared.numbers().cache_memory_entries, 2);
    shared.set_cache_memory(0);
    assert_eq!(shared.numbers().cache_memory_bytes, 0);
    put(&shared, "x").await;
    assert!(!has(&shared, "x").await);
}

#[tokio::test]
async fn a_value_lies_on_the_server_as_it_is_said_to() {
    let config = on_redis(servers::redis());
    let shared = connect(&config, clock()).unwrap();
    shared.cache.put(&key("x"), vec![7; 10_000].into()).await;
    let client = redis::Client::open(servers::redis()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let name = format!("{}:cache:summary:x:1", config.redis.prefix);
    assert!(connection.strlen(&name).await.unwrap() < 100, "it is packed");
    let left = redis::cmd("PTTL").arg(&name).query_async::<u64>(&mut connection).await.unwrap();
    let hours = Duration::from_millis(left).as_secs_f64() / 3600.0;
    assert!(hours > 71.9 && hours <= 72.0, "{hours}");

    // Damaged, it is not there.
    connection.set(&name, b"\x01damaged").await.unwrap();
    assert!(!has(&connect(&config, clock()).unwrap(), "x").await);
}

#[tokio::test]
async fn a_full_server_is_left_as_it_is() {
    let mut config = on_redis(servers::redis());
    config.cache.redis_mb = 0;
    let (a, b) = (connect(&config, clock()).unwrap(), connect(&config, clock()).unwrap());
    put(&a, "x").await;
    assert!(has(&a, "x").await && !has(&b, "x").await);
    let numbers = a.numbers();
    assert!(numbers.cache_shared_full);
    assert_eq!(numbers.cache_shared_refused, 1);
}

#[tokio::test]
async fn a_server_that_becomes_full_is_noticed() {
    let server = servers::Redis::start();
    let client = redis::Client::open(server.url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    connection.set("ballast", vec![7; 5 << 20]).await.unwrap();
    let mut config = on_redis(server.url());
    config.cache.redis_mb = 4;
    let (a, b) = (connect(&config, clock()).unwrap(), connect(&config, clock()).unwrap());
    until("it is noticed", async || {
        put(&a, "x").await;
        a.numbers().cache_shared_full
    })
    .await;
    put(&a, "y").await;
    assert!(has(&a, "y").await && !has(&b, "y").await);
}

#[tokio::test]
async fn what_happens_is_counted() {
    let config = on_redis(servers::redis());
    let [a, b] = [(); 2].map(|()| connect(&config, clock()).unwrap());
    all_listen(&config, 2).await;
    put(&a, "x").await;
    assert!(has(&a, "x").await && has(&b, "x").await && has(&b, "x").await);
    assert!(!has(&b, "y").await);
    let numbers = b.numbers();
    let lookups = (numbers.cache_hits_memory, numbers.cache_hits_shared, numbers.cache_misses);
    assert_eq!(lookups, (1, 1, 1));
    assert_eq!(numbers.cache_memory_entries, 1);
    let held = (b.slots.acquire(Slot::Fetch).await, b.slots.acquire(Slot::Summarize).await);
    let in_use = || b.slots_in_use().values().map(|it| it.in_use).collect::<Vec<_>>();
    assert_eq!(in_use(), [1, 1]);
    drop(held);
    assert_eq!(in_use(), [0, 0]);
    let link = b.link().unwrap();
    assert_eq!((link.away, link.losses), (false, 0));
}
