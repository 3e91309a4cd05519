//! The queue in Redis, against a real server.

mod entrance;
mod left;
mod outage;
mod proxy;
mod workers;

use std::sync::Arc;

use recap_testkit::conformance;
use recap_testkit::conformance::queue::Entrance;
use recap_testkit::servers;

use self::entrance::RedisEntrance;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract_is_kept() {
    conformance::queue::all(async || {
        Arc::new(RedisEntrance::new(servers::redis())) as Arc<dyn Entrance>
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_server_should_be_told_is_said() {
    let server =
        servers::Redis::start_with(&["--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru"]);
    let entrance = RedisEntrance::new(server.url());
    let advice = recap_queue::advice(&entrance.config).await.unwrap();
    assert!(advice.contains("allkeys-lru"), "{advice}");
    assert!(advice.contains("queue.redis_url"), "{advice}");
    let _: () = entrance.call("CONFIG", &["SET", "maxmemory-policy", "noeviction"]).await;
    assert_eq!(recap_queue::advice(&entrance.config).await, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_away_is_not_waited_for_when_connecting() {
    let mut server = servers::Redis::start();
    server.stop();
    let entrance = RedisEntrance::new(server.url());
    let queue = entrance.connect().await;
    assert!(queue.check().await.is_err());
    assert!(queue.clean().await.is_err());
    assert_eq!(recap_queue::advice(&entrance.config).await, None);
}
