//! A server that is away, forgets, or stalls.

use recap_core::job::Priority;
use recap_testkit::conformance::queue::Entrance;
use recap_testkit::servers;

use super::entrance::RedisEntrance;
use super::proxy::Proxy;
use crate::scene::{OPEN, Scene, entry, push, push_again, push_entry, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_comes_back_empty_is_worked_with() {
    let mut server = servers::Redis::start();
    let entrance = RedisEntrance::new(server.url());
    let mut scene = Scene::new(entrance.connect().await, 2, 0);
    let in_hand = scene.push().await;
    assert_eq!(scene.starts().await, in_hand);

    server.stop();
    until(async || scene.queue.check().await.is_err()).await;
    scene.handler.passes.add_permits(1);
    assert_eq!(scene.ends().await, in_hand, "what is in hand goes on");
    assert!(push_entry(&*scene.queue, &entry(Priority::Interactive)).await.is_err());
    server.start_again();

    let next = entry(Priority::Interactive);
    push_again(&*scene.queue, &next).await;
    scene.handler.passes.add_permits(1);
    assert_eq!(scene.starts().await, next.payload);
    assert_eq!(scene.ends().await, next.payload);
    scene.stop().await;
    assert_eq!(entrance.keys().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_ends_while_the_server_is_away_is_not_handled_again() {
    let kept = ["--appendonly", "yes", "--appendfsync", "always"];
    let mut server = servers::Redis::start_with(&kept);
    let entrance = RedisEntrance::new(server.url());
    let mut scene = Scene::new(entrance.connect().await, 1, 0);
    let in_hand = scene.push().await;
    assert_eq!(scene.starts().await, in_hand);
    let waiting = scene.push().await;

    server.stop();
    until(async || scene.queue.check().await.is_err()).await;
    scene.handler.passes.add_permits(2);
    assert_eq!(scene.ends().await, in_hand);
    server.start_again();

    assert_eq!(scene.starts().await, waiting);
    assert_eq!(scene.ends().await, waiting);
    until(async || entrance.call::<u32>("HLEN", &[&entrance.key("data")]).await == 0).await;
    scene.stop().await;
    assert!(scene.started.try_recv().is_err(), "nothing was handled twice");
    assert_eq!(entrance.keys().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_emptied_in_the_middle_is_worked_with() {
    let server = servers::Redis::start();
    let entrance = RedisEntrance::new(server.url());
    let mut scene = Scene::new(entrance.connect().await, 2, 0);
    let in_hand = scene.push().await;
    assert_eq!(scene.starts().await, in_hand);
    let also = scene.push().await;
    assert_eq!(scene.starts().await, also);
    let lost = entry(Priority::Interactive);
    push_entry(&*scene.queue, &lost).await.unwrap();
    let _: () = entrance.call("FLUSHALL", &[]).await;

    scene.handler.passes.add_permits(3);
    scene.ends().await;
    scene.ends().await;
    // As the reconciler does.
    push_entry(&*scene.queue, &lost).await.unwrap();
    assert_eq!(scene.ends().await, lost.payload);
    scene.stop().await;
    assert_eq!(entrance.keys().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lost_connections_are_made_anew() {
    let server = servers::Redis::start();
    let entrance = RedisEntrance::new(server.url());
    let mut scene = Scene::new(entrance.connect().await, 2, OPEN);
    for _ in 0..5 {
        let _: u32 = entrance.call("CLIENT", &["KILL", "TYPE", "normal", "SKIPME", "yes"]).await;
        let pushed = entry(Priority::Interactive);
        push_again(&*scene.queue, &pushed).await;
        assert_eq!(scene.ends().await, pushed.payload);
    }
    scene.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stall_longer_than_any_call_may_take_is_outlived() {
    let server = servers::Redis::start();
    let mut entrance = RedisEntrance::new(server.url());
    entrance.config.redis.timeout_seconds = 1;
    let mut scene = Scene::new(entrance.connect().await, 2, 0);
    let in_hand = scene.push().await;
    assert_eq!(scene.starts().await, in_hand);

    let _: () = entrance.call("CLIENT", &["PAUSE", "2500", "ALL"]).await;
    until(async || scene.queue.check().await.is_err()).await;
    scene.handler.passes.add_permits(2);
    assert_eq!(scene.ends().await, in_hand);
    let next = entry(Priority::Interactive);
    push_again(&*scene.queue, &next).await;
    assert_eq!(scene.ends().await, next.payload);
    scene.stop().await;
    assert_eq!(entrance.keys().await, [""; 0]);
}

/// So an entry is held that its worker does not know of.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_entry_whose_worker_never_got_it_is_taken_again() {
    let server = servers::Redis::start();
    let (direct, proxy) = (RedisEntrance::new(server.url()), Proxy::to(&server).await);
    let mut entrance = RedisEntrance::new(&proxy.url());
    entrance.config.redis.prefix = direct.config.redis.prefix.clone();
    let elsewhere = direct.connect().await;
    let mut scene = Scene::new(entrance.connect().await, 1, OPEN);
    let first = scene.push().await;
    assert_eq!(scene.ends().await, first);

    for _ in 0..3 {
        proxy.lose_answers(true);
        let pushed = push(&*elsewhere).await;
        let before = proxy.lost();
        until(async || proxy.lost() > before + 1).await;
        proxy.lose_answers(false);
        assert_eq!(scene.ends().await, pushed);
        until(async || direct.call::<u32>("HLEN", &[&direct.key("data")]).await == 0).await;
    }
    scene.stop().await;
    assert_eq!(direct.keys().await, [""; 0]);
}

/// Also one that takes nothing at the moment lives, and finds out that it holds
/// an entry it knows nothing of.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_heartbeat_sets_right_what_is_held() {
    let entrance = RedisEntrance::new(servers::redis());
    let mut scene = Scene::new(entrance.connect().await, 1, 0);
    let in_hand = scene.push().await;
    assert_eq!(scene.starts().await, in_hand);
    scene.pause.send_replace(true);
    let inflight: Vec<String> = entrance.call("KEYS", &[&entrance.key("inflight:*")]).await;
    let odd = entry(Priority::Interactive);
    let stored = format!(r#"{{"kind":"summarize","job":"{}"}}"#, odd.payload.subject());
    let _: u32 = entrance.call("SADD", &[&inflight[0], "odd-0"]).await;
    let _: u32 = entrance.call("HSET", &[&entrance.key("data"), "odd-0", &stored]).await;

    let scheduled = entrance.key("scheduled");
    until(async || entrance.call::<u32>("ZCARD", &[&scheduled]).await == 1).await;
    assert_eq!(entrance.call::<u32>("SCARD", &[&inflight[0]]).await, 1, "what is in hand stays");
    scene.pause.send_replace(false);
    scene.handler.passes.add_permits(2);
    assert_eq!(scene.ends().await, in_hand);
    assert_eq!(scene.ends().await, odd.payload);
    scene.stop().await;
    assert_eq!(entrance.keys().await, [""; 0]);
}
