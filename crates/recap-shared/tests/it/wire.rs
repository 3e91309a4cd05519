//! What others on the same channel may do.

use std::time::Duration;

use recap_core::ports::{JobEvent, Resource};
use recap_redis::redis::{self, AsyncTypedCommands as _};
use recap_shared::connect;
use recap_testkit::servers;
use tokio::time::timeout;

use crate::{all_listen, clock, has, key, on_redis, put, until};

#[tokio::test]
async fn what_is_not_understood_is_skipped() {
    let config = on_redis(servers::redis());
    let shared = connect(&config, clock()).unwrap();
    let channel = format!("{}:events", config.redis.prefix);
    let client = redis::Client::open(servers::redis()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    all_listen(&config, 1).await;

    put(&shared, "x").await;
    let mut events = shared.events.subscribe();
    for text in [
        "",
        "nothing",
        "{}",
        r#"{"from":"p","news":{"newer":1}}"#,
        r#"{"from":"p","news":{"forgotten":{"resource":"newer","id":"x"}}}"#,
        r#"{"from":"p","news":{"replaced":"x"}}"#,
        r#"{"from":"p","news":{"landed":"x"}}"#,
        r#"{"from":"p","news":{"free":"newer"}}"#,
        r#"{"from":"p","news":{"job":{"event":"control_changed","newer":1}}}"#,
    ] {
        connection.publish(&channel, text).await.unwrap();
    }
    let heard = timeout(Duration::from_secs(5), events.recv()).await.unwrap().unwrap();
    assert_eq!(heard, JobEvent::ControlChanged);
    assert!(has(&shared, "x").await);
}

/// While one that asks is gone before the server has done it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invalidation_that_was_begun_is_finished() {
    let config = on_redis(servers::redis());
    let shared = connect(&config, clock()).unwrap();
    for _ in 0..20 {
        put(&shared, "x").await;
        let begun = shared.cache.invalidate(Resource::Summary, "x");
        let _ = timeout(Duration::from_micros(100), begun).await;
        assert!(!has(&shared, "x").await);
        let third = connect(&config, clock()).unwrap();
        until("it is finished", async || third.cache.get(&key("x")).await.is_none()).await;
    }
}

/// What the news of an invalidation has not reached yet does not bring it back.
#[tokio::test]
async fn a_guard_keeps_others_from_putting() {
    let config = on_redis(servers::redis());
    let [a, b] = [(); 2].map(|()| connect(&config, clock()).unwrap());
    let client = redis::Client::open(servers::redis()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let guard = format!("{}:guard:summary:x", config.redis.prefix);
    connection.set(&guard, "another process").await.unwrap();
    put(&a, "x").await;
    assert!(!has(&b, "x").await);
    connection.del(&guard).await.unwrap();
    // Its own does not keep a process from making it anew.
    a.cache.invalidate(Resource::Summary, "x").await;
    let left: i64 = redis::cmd("PTTL").arg(&guard).query_async(&mut connection).await.unwrap();
    assert!((1..=2000).contains(&left), "{left}");
    put(&a, "x").await;
    assert!(has(&b, "x").await);
}
