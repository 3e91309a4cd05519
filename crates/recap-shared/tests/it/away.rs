//! While the Redis is away each process goes on by itself, and when it is back
//! they share again.

use std::time::Duration;

use recap_core::job::CacheLevel;
use recap_core::ports::{Breaker, Budget, Condition, JobEvent, Lookup, Rate, Resource, Slot};
use recap_core::{JobId, Status};
use recap_redis::redis;
use recap_shared::Shared;
use recap_testkit::conformance::shared::{FAILURES, FETCHES};
use recap_testkit::servers::Redis;
use tokio::time::{Instant, timeout};

use crate::{at_once, clock, has, key, on_redis, processes, put, until};

/// Longest time until all is as before, counted from the server's return.
const BACK: Duration = Duration::from_secs(3);

fn event() -> JobEvent {
    JobEvent::Changed { job: JobId::generate(), status: Status::Running }
}

/// Waits until `b` hears `a`.
async fn heard(a: &Shared, b: &Shared) -> Duration {
    let mut events = b.events.subscribe();
    let (began, sent) = (Instant::now(), event());
    loop {
        a.events.publish(sent.clone()).await;
        let next = timeout(Duration::from_millis(50), events.recv()).await;
        if matches!(next, Ok(Ok(event)) if event == sent) {
            return began.elapsed();
        }
        assert!(began.elapsed() < Duration::from_secs(10), "they hear each other");
    }
}

/// Everything works, in this process alone, and nothing waits.
async fn goes_on_alone(shared: &Shared) {
    let mut events = shared.events.subscribe();
    let sent = event();
    at_once(shared.events.publish(sent.clone())).await;
    assert_eq!(events.recv().await.unwrap(), sent);

    at_once(put(shared, "alone")).await;
    assert!(at_once(has(shared, "alone")).await);
    let made = key("made alone");
    let Lookup::Make(permit) = at_once(shared.cache.get_or_make(&made)).await else {
        panic!("nobody made it");
    };
    let waited = timeout(Duration::from_millis(100), shared.cache.get_or_make(&made)).await;
    assert!(waited.is_err(), "one of this process makes it");
    drop(permit);

    let mut held = Vec::new();
    for _ in 0..FETCHES {
        held.push(at_once(shared.slots.acquire(Slot::Fetch)).await);
    }
    let more = timeout(Duration::from_millis(100), shared.slots.acquire(Slot::Fetch)).await;
    assert!(more.is_err(), "this process has no more");
    drop(held);

    let once = Rate { count: 1, per: Duration::from_hours(1) };
    assert_eq!(at_once(shared.limits.take("alone", once)).await, Ok(()));
    assert!(at_once(shared.limits.take("alone", once)).await.is_err());
    let budgets = ["alone", "alone too"].map(|it| Budget { key: it.to_owned(), rate: once });
    assert!(!at_once(shared.limits.take_all(&budgets)).await.granted);
    let left = at_once(shared.limits.look(&budgets)).await;
    assert_eq!((left[0].left, left[1].left), (0, 1));
    for _ in 0..FAILURES {
        at_once(shared.breakers.report(&Breaker::Summarizer, false)).await;
    }
    assert!(at_once(shared.breakers.allow(&Breaker::Summarizer)).await.is_err());
    at_once(shared.breakers.report(&Breaker::Summarizer, true)).await;
    assert_eq!(at_once(shared.breakers.allow(&Breaker::Summarizer)).await, Ok(()));
    let probed = at_once(shared.probe.probe()).await;
    assert!(matches!(probed, Condition::Fallback { .. }), "{probed:?}");
    assert!(shared.numbers().redis_away);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_goes_and_comes_back_empty() {
    let mut server = Redis::start();
    let [a, b] = processes(server.url());
    heard(&a, &b).await;
    put(&a, "before").await;
    assert!(has(&b, "before").await);
    assert_eq!(a.probe.probe().await, Condition::Ok);
    let held = a.slots.acquire(Slot::Summarize).await;

    server.stop();
    // The first call may find out.
    timeout(Duration::from_secs(5), put(&a, "lost")).await.unwrap();
    timeout(Duration::from_secs(5), put(&b, "lost")).await.unwrap();
    goes_on_alone(&a).await;
    goes_on_alone(&b).await;
    assert!(has(&b, "before").await, "from its memory");
    assert!(a.numbers().events_dropped > 0);

    server.start_again();
    let back = Instant::now();
    until("both see the server", async || !(a.numbers().redis_away || b.numbers().redis_away))
        .await;
    heard(&a, &b).await;
    heard(&b, &a).await;
    assert!(back.elapsed() < BACK, "{:?}", back.elapsed());
    assert_eq!(b.probe.probe().await, Condition::Ok);
    assert!(!has(&b, "before").await, "what it may have missed is forgotten");
    put(&a, "after").await;
    let found = b.cache.get(&key("after")).await.unwrap();
    assert_eq!(found.level, CacheLevel::Shared);

    // What was held all the time is known again, though the server was empty.
    let short = Duration::from_millis(100);
    let second = async || timeout(short, b.slots.acquire(Slot::Summarize)).await;
    until("the slot is known to be held", async || second().await.is_err()).await;
    drop(held);
    timeout(Duration::from_secs(1), b.slots.acquire(Slot::Summarize)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_not_there_yet() {
    let mut server = Redis::start();
    server.stop();
    let [a, b] = processes(server.url());
    // One call may find out.
    let _ = timeout(Duration::from_secs(5), a.probe.probe()).await.unwrap();
    until("it is known to be away", async || {
        put(&a, "x").await;
        a.numbers().redis_away
    })
    .await;
    goes_on_alone(&a).await;
    server.start_again();
    heard(&a, &b).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_are_killed_are_made_again() {
    let server = Redis::start();
    let [a, b] = processes(server.url());
    heard(&a, &b).await;
    put(&a, "x").await;
    assert!(has(&b, "x").await);
    let client = redis::Client::open(server.url()).unwrap();
    let mut killer = client.get_multiplexed_async_connection().await.unwrap();
    for round in 0..3 {
        for kind in ["normal", "pubsub"] {
            let mut kill = redis::cmd("CLIENT");
            kill.arg("KILL").arg("TYPE").arg(kind).arg("SKIPME").arg("yes");
            kill.query_async::<u64>(&mut killer).await.unwrap();
        }
        let took = heard(&a, &b).await + heard(&b, &a).await;
        assert!(took < BACK * 2, "{round}: {took:?}");
        let id = format!("after {round}");
        until("they share again", async || {
            put(&a, &id).await;
            has(&b, &id).await
        })
        .await;
    }
}

/// Kept by the server over its absence, and invalidated during it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_invalidated_meanwhile_is_made_up_for() {
    let mut server = Redis::start_with(&["--appendonly", "yes", "--appendfsync", "always"]);
    let [a, b] = processes(server.url());
    heard(&a, &b).await;
    put(&a, "x").await;
    assert!(has(&b, "x").await);
    let mut events = b.events.subscribe();
    server.stop();
    timeout(Duration::from_secs(5), a.cache.invalidate(Resource::Summary, "x")).await.unwrap();
    assert!(!at_once(has(&a, "x")).await);
    server.start_again();
    until("the server is back", async || !a.numbers().redis_away).await;
    assert!(!has(&a, "x").await, "not from the server either");
    until("the other forgets it", async || !has(&b, "x").await).await;
    // And whoever listens there is told to look.
    assert_eq!(timeout(BACK, events.recv()).await.unwrap().unwrap(), JobEvent::Missed);
}

/// It answers, but has no memory left.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_refuses_is_done_without() {
    let server = Redis::start_with(&["--maxmemory", "1", "--maxmemory-policy", "noeviction"]);
    let shared = recap_shared::connect(&on_redis(server.url()), clock()).unwrap();
    put(&shared, "x").await;
    assert!(has(&shared, "x").await);
    let once = Rate { count: 1, per: Duration::from_hours(1) };
    assert_eq!(shared.limits.take("x", once).await, Ok(()));
    assert!(shared.limits.take("x", once).await.is_err());
    at_once(shared.slots.acquire(Slot::Fetch)).await;
    assert!(matches!(shared.probe.probe().await, Condition::Fallback { .. }));
    assert!(!shared.numbers().redis_away);
}
