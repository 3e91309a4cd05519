//! What is left in the server, and what may be missing from it.

use std::time::Duration;

use recap_core::job::Priority;
use recap_core::ports::Entry;
use recap_testkit::conformance::queue::Entrance;
use recap_testkit::servers;

use super::entrance::RedisEntrance;
use crate::scene::{OPEN, Scene, entry, push_entry, until};

/// Each lane has these while a worker lives, and no more.
const BOOKKEEPING: [&str; 2] = ["bulk:workers", "interactive:workers"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_left_of_finished_entries() {
    let entrance = RedisEntrance::new(servers::redis());
    let mut scene = Scene::new(entrance.connect().await, 4, OPEN);
    for _ in 0..20 {
        scene.push().await;
        push_entry(&*scene.queue, &entry(Priority::Bulk)).await.unwrap();
    }
    for _ in 0..40 {
        scene.ends().await;
    }
    until(async || entrance.keys().await == BOOKKEEPING).await;
    scene.queue.clean().await.unwrap();
    assert_eq!(entrance.keys().await, BOOKKEEPING);
    scene.stop().await;
    assert_eq!(entrance.keys().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_dead_workers_left_is_handed_out_and_removed() {
    let entrance = RedisEntrance::new(servers::redis());
    let queue = entrance.connect().await;
    let pushed = entry(Priority::Interactive);
    push_entry(&*queue, &pushed).await.unwrap();
    // Taken by one that was killed a minute ago, and once ran apalis alone.
    let [id]: [String; 1] =
        entrance.call::<Vec<String>>("HKEYS", &[&entrance.key("data")]).await.try_into().unwrap();
    let _: u32 = entrance.call("ZREM", &[&entrance.key("scheduled"), &id]).await;
    let _: u32 = entrance.call("SADD", &[&entrance.key("inflight:dead"), &id]).await;
    let metadata = entrance.key("workers:metadata:dead");
    let _: u32 = entrance.call("HSET", &[&metadata, "service", "recap"]).await;
    let (seconds, _): (u64, u64) = entrance.call("TIME", &[]).await;
    let workers = entrance.key("workers");
    let _: u32 = entrance.call("ZADD", &[&workers, &seconds.to_string(), "dead"]).await;

    queue.clean().await.unwrap();
    assert!(entrance.keys().await.contains(&"interactive:inflight:dead".to_owned()));
    let past = (seconds - 60).to_string();
    let _: u32 = entrance.call("ZADD", &[&workers, &past, "dead"]).await;
    queue.clean().await.unwrap();
    let mut scene = Scene::new(queue, 1, OPEN);
    assert_eq!(scene.starts().await, pushed.payload);
    scene.stop().await;
    assert_eq!(entrance.keys().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn entries_of_a_job_that_waits_long_do_not_add_up() {
    let entrance = RedisEntrance::new(servers::redis());
    let queue = entrance.connect().await;
    let first = entry(Priority::Interactive);
    for turn in [0, 0, 1, 2] {
        push_entry(&*queue, &Entry { turn, ..first.clone() }).await.unwrap();
    }
    let other = entry(Priority::Interactive);
    push_entry(&*queue, &other).await.unwrap();
    let later = Entry { turn: 3, ..first.clone() };
    queue.push(&[later], Duration::from_mins(10)).await.unwrap();
    let count = async || entrance.call::<u32>("HLEN", &[&entrance.key("data")]).await;
    assert_eq!(count().await, 5, "each turn once, and the other job");
    queue.clean().await.unwrap();
    assert_eq!(count().await, 3, "each once, and the one that is not due");

    let mut scene = Scene::new(queue, 1, OPEN);
    let mut taken = [scene.starts().await, scene.starts().await];
    taken.sort_by_key(|it| it.subject());
    assert_eq!(taken, [first.payload, other.payload]);
    scene.stop().await;
}

/// In the list that apalis-redis takes entries from, and we do not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_worker_of_apalis_gave_back_is_taken() {
    let entrance = RedisEntrance::new(servers::redis());
    let queue = entrance.connect().await;
    let pushed = entry(Priority::Interactive);
    push_entry(&*queue, &pushed).await.unwrap();
    let scheduled = entrance.key("scheduled");
    let [id]: [String; 1] =
        entrance.call::<Vec<String>>("ZRANGE", &[&scheduled, "0", "-1"]).await.try_into().unwrap();
    assert_eq!(entrance.call::<u32>("ZREM", &[&scheduled, &id]).await, 1);
    let _: u32 = entrance.call("RPUSH", &[&entrance.key("active"), &id, &id]).await;
    queue.clean().await.unwrap();
    let mut scene = Scene::new(queue, 1, OPEN);
    assert_eq!(scene.ends().await, pushed.payload);
    let next = scene.push().await;
    assert_eq!(scene.ends().await, next, "and once");
    scene.stop().await;
    assert_eq!(entrance.keys().await, [""; 0]);
}

/// Each part of an entry is a key that a server may evict.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_entry_of_which_a_part_was_evicted_can_be_pushed_again() {
    for part in ["scheduled", "data", "meta"] {
        let entrance = RedisEntrance::new(servers::redis());
        let queue = entrance.connect().await;
        let pushed = entry(Priority::Interactive);
        push_entry(&*queue, &pushed).await.unwrap();
        let pattern = entrance.key(&format!("{part}*"));
        let keys: Vec<String> = entrance.call("KEYS", &[&pattern]).await;
        assert_eq!(keys.len(), 1);
        assert_eq!(entrance.call::<u32>("DEL", &[&keys[0]]).await, 1);

        // It harms no worker,
        let mut scene = Scene::new(queue, 1, OPEN);
        let survives = part == "meta";
        if survives {
            assert_eq!(scene.ends().await, pushed.payload);
        }
        let next = scene.push().await;
        assert_eq!(scene.ends().await, next);
        // and blocks nothing.
        scene.queue.clean().await.unwrap();
        push_entry(&*scene.queue, &pushed).await.unwrap();
        assert_eq!(scene.ends().await, pushed.payload);
        scene.stop().await;
        assert_eq!(entrance.keys().await, [""; 0], "{part}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_full_refuses_pushes_and_is_emptied() {
    let server = servers::Redis::start();
    let entrance = RedisEntrance::new(server.url());
    let queue = entrance.connect().await;
    for _ in 0..10 {
        push_entry(&*queue, &entry(Priority::Interactive)).await.unwrap();
    }
    let _: () = entrance.call("CONFIG", &["SET", "maxmemory", "1"]).await;
    assert!(push_entry(&*queue, &entry(Priority::Interactive)).await.is_err());
    let mut scene = Scene::new(queue, 2, OPEN);
    for _ in 0..10 {
        scene.ends().await;
    }
    scene.stop().await;
    assert_eq!(entrance.keys().await, [""; 0]);
}
