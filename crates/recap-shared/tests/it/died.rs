//! What a process that died had in its hands.

use std::time::Duration;

use recap_core::ports::{Lookup, Slot};
use recap_shared::connect;
use recap_testkit::conformance::shared::LEASE_SECONDS;
use recap_testkit::servers;
use tokio::time::{Instant, timeout};

use crate::{clock, config, key, on_redis};

/// Longest time that something stays with the dead: a lease, and a look.
const FREE: Duration = Duration::from_millis(LEASE_SECONDS * 1000 + 1000);

/// A process that takes a slot and begins to make a value, and is killed.
fn die(config: &recap_config::Config) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let shared = connect(config, clock()).unwrap();
        let slot = shared.slots.acquire(Slot::Summarize).await;
        let Lookup::Make(permit) = shared.cache.get_or_make(&key("x")).await else {
            panic!("nobody made it");
        };
        // Nothing is given back.
        std::mem::forget((shared, slot, permit));
    });
    runtime.shutdown_background();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn becomes_free_by_itself() {
    let mut config = on_redis(servers::redis());
    // So that it is not patience that ends.
    config.cache.flight_seconds = 60;
    let dead = config.clone();
    tokio::task::spawn_blocking(move || die(&dead)).await.unwrap();

    let shared = connect(&config, clock()).unwrap();
    let began = Instant::now();
    let (slot, lookup) = tokio::join!(
        timeout(FREE, shared.slots.acquire(Slot::Summarize)),
        timeout(FREE, async { shared.cache.get_or_make(&key("x")).await }),
    );
    assert!(slot.is_ok() && matches!(lookup, Ok(Lookup::Make(_))));
    assert!(began.elapsed() > Duration::from_millis(100), "it was held");
}

/// Also the tasks that renew, listen and post.
#[tokio::test]
async fn nothing_runs_on_when_all_is_dropped() {
    let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let before = tasks();
    for config in [config(), on_redis(servers::redis())] {
        let shared = connect(&config, clock()).unwrap();
        drop(shared.slots.acquire(Slot::Fetch).await);
        let _ = shared.cache.get_or_make(&key("x")).await;
        shared.events.publish(recap_core::ports::JobEvent::ControlChanged).await;
        drop(shared);
        let gone = async || tasks() == before;
        crate::until("all tasks end", gone).await;
    }
}
