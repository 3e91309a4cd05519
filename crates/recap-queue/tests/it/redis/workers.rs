//! What ends the workers of apalis-redis, or makes them work twice.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use recap_core::JobId;
use recap_core::job::Priority;
use recap_core::ports::Entry;
use recap_testkit::conformance::queue::Entrance;
use recap_testkit::servers;

use super::entrance::RedisEntrance;
use crate::scene::{OPEN, Scene, entry, push, push_entry, until};

/// A worker that has only its heartbeat left to wake it would take longer.
const BEFORE_A_HEARTBEAT: Duration = Duration::from_secs(7);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn looking_goes_on_after_a_slow_answer() {
    let server = servers::Redis::start();
    let mut entrance = RedisEntrance::new(server.url());
    entrance.config.queue.poll_ms = 20;
    let mut scene = Scene::new(entrance.connect().await, 1, OPEN);
    // Not of the same process, as far as the worker can see.
    let elsewhere = entrance.connect().await;
    for _ in 0..3 {
        let pushed = push(&*elsewhere).await;
        assert_eq!(scene.ends().await, pushed);
        let _: () = entrance.call("CLIENT", &["PAUSE", "500", "ALL"]).await;
        // Answered when the pause is over.
        let _: String = entrance.call("PING", &[]).await;
        let (pushed, since) = (push(&*elsewhere).await, Instant::now());
        assert_eq!(scene.ends().await, pushed);
        assert!(since.elapsed() < BEFORE_A_HEARTBEAT, "{:?}", since.elapsed());
    }
    scene.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_push_of_this_process_is_seen_at_once() {
    let mut entrance = RedisEntrance::new(servers::redis());
    // Looking by itself would take far longer than a test may.
    entrance.config.queue.poll_ms = 60_000;
    let mut scene = Scene::new(entrance.connect().await, 1, OPEN);
    for _ in 0..200 {
        let pushed = scene.push().await;
        assert_eq!(scene.starts().await, pushed);
    }
    // Nor is there a pause from one entry to the next.
    let many: Vec<Entry> = (0..50).map(|_| entry(Priority::Bulk)).collect();
    scene.queue.push(&many, Duration::ZERO).await.unwrap();
    for _ in 0..50 {
        scene.starts().await;
    }
    scene.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_that_are_due_do_not_stop_workers() {
    const MANY: usize = 9000;
    let entrance = RedisEntrance::new(servers::redis());
    let mut waiting = HashSet::new();
    let entries: Vec<(String, Vec<u8>)> = (0..MANY)
        .map(|_| {
            let job = JobId::generate();
            waiting.insert(job.to_string());
            let stored = format!(r#"{{"kind":"summarize","job":"{job}"}}"#).into_bytes();
            (format!("{}-0", job.to_string().trim_start_matches("job_")), stored)
        })
        .collect();
    entrance.push_raw(&entries).await;

    let queue = entrance.connect().await;
    queue.clean().await.unwrap();
    for priority in [Priority::Interactive, Priority::Bulk] {
        let entry = entry(priority);
        push_entry(&*queue, &entry).await.unwrap();
        waiting.insert(entry.payload.subject());
    }

    let mut scene = Scene::new(queue, 16, OPEN);
    for _ in 0..MANY + 2 {
        assert!(waiting.remove(&scene.ends().await.subject()), "each once");
    }
    scene.stop().await;
    assert_eq!(entrance.keys().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_entry_that_others_were_given_is_not_finished_by_its_first_worker() {
    let entrance = RedisEntrance::new(servers::redis());
    let mut scene = Scene::new(entrance.connect().await, 1, 0);
    let pushed = scene.push().await;
    assert_eq!(scene.starts().await, pushed);
    // As when it was silent for long.
    let inflight: Vec<String> = entrance.call("KEYS", &[&entrance.key("inflight:*")]).await;
    let [id]: [String; 1] =
        entrance.call::<Vec<String>>("SMEMBERS", &[&inflight[0]]).await.try_into().unwrap();
    let other = entrance.key("inflight:other");
    assert_eq!(entrance.call::<u32>("SMOVE", &[&inflight[0], &other, &id]).await, 1);
    scene.handler.passes.add_permits(2);
    assert_eq!(scene.ends().await, pushed);
    let next = scene.push().await;
    assert_eq!(scene.ends().await, next, "its worker lives");
    let data = entrance.key("data");
    assert_eq!(entrance.call::<u32>("HEXISTS", &[&data, &id]).await, 1, "it is the other's");
    scene.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_whose_registration_is_gone_goes_on() {
    let entrance = RedisEntrance::new(servers::redis());
    let mut scene = Scene::new(entrance.connect().await, 2, 0);
    let in_hand = scene.push().await;
    assert_eq!(scene.starts().await, in_hand);
    let workers = entrance.key("workers");
    assert_eq!(entrance.call::<u32>("DEL", &[&workers]).await, 1);
    let next = scene.push().await;
    assert_eq!(scene.starts().await, next);
    assert_eq!(entrance.call::<u32>("ZCARD", &[&workers]).await, 1, "known with what it takes");
    scene.handler.passes.add_permits(2);
    scene.ends().await;
    scene.ends().await;
    scene.stop().await;
    assert_eq!(entrance.keys().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_stops_leaves_what_waits_and_keeps_what_it_has() {
    let entrance = RedisEntrance::new(servers::redis());
    let mut stopping = Scene::new(entrance.connect().await, 1, 0);
    let in_hand = stopping.push().await;
    assert_eq!(stopping.starts().await, in_hand);
    stopping.begin_stop();
    let mut other = Scene::new(entrance.connect().await, 4, OPEN);
    for _ in 0..5 {
        let pushed = other.push().await;
        assert_eq!(other.ends().await, pushed);
    }
    // It is still known as one that lives.
    let workers = entrance.key("workers");
    until(async || entrance.call::<u32>("ZCARD", &[&workers]).await == 2).await;
    stopping.handler.passes.add_permits(1);
    stopping.stop().await;
    other.stop().await;
    assert_eq!(entrance.keys().await, [""; 0]);
}
