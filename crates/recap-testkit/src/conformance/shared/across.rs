//! What two processes share.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use recap_core::JobId;
use recap_core::job::CacheLevel;
use recap_core::ports::{JobEvent, Lookup, Permit, Resource, Slot};
use tokio::sync::broadcast::Receiver;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::breakers::{fail, succeed, youtube};
use super::cache::{get, hit, key, make, put};
use super::events::event;
use super::limits::{ONCE, RATE, budget};
use super::{FAILURES, FETCHES, LEASE_SECONDS, Ports, not_soon, now, until, within};

pub(super) async fn all(fresh: &impl AsyncFn() -> (Ports, Ports)) {
    tokio::join!(
        async { events_cross(&pair(fresh).await).await },
        async { a_value_crosses(&pair(fresh).await).await },
        async { forgetting_crosses(&pair(fresh).await).await },
        async { forgetting_reaches_the_maker(&pair(fresh).await).await },
        async { one_of_both_makes(&pair(fresh).await).await },
        async { who_gives_up_is_followed_by_the_other(&pair(fresh).await).await },
    );
    tokio::join!(
        async { slots_are_of_both(&pair(fresh).await).await },
        async { more_slots_are_of_both(&pair(fresh).await).await },
        async { a_slot_is_held_for_as_long_as_it_takes(&pair(fresh).await).await },
        async { breakers_are_of_both(&pair(fresh).await).await },
        async { limits_are_of_both(&pair(fresh).await).await },
    );
}

/// Two processes that hear each other.
async fn pair(fresh: &impl AsyncFn() -> (Ports, Ports)) -> (Ports, Ports) {
    let (a, b) = fresh().await;
    for (from, to) in [(&a, &b), (&b, &a)] {
        let (mut heard, sent) = (to.events.subscribe(), event());
        let meet = async {
            loop {
                from.events.publish(sent.clone()).await;
                let next = timeout(Duration::from_millis(50), heard.recv()).await;
                if matches!(next, Ok(Ok(event)) if event == sent) {
                    return;
                }
            }
        };
        within(meet).await;
    }
    (a, b)
}

/// Waits for the next of `these`, and skips all else.
async fn next_of(these: &[JobEvent], events: &mut Receiver<JobEvent>) -> JobEvent {
    loop {
        let event = within(events.recv()).await.unwrap();
        if these.contains(&event) {
            return event;
        }
    }
}

async fn events_cross((a, b): &(Ports, Ports)) {
    let mut listeners = [a.events.subscribe(), b.events.subscribe()];
    let published: Vec<JobEvent> = (0..500).map(|_| event()).collect();
    for event in &published {
        a.events.publish(event.clone()).await;
    }
    for listener in &mut listeners {
        for event in &published {
            assert_eq!(next_of(&published, listener).await, *event);
        }
        not_soon("each is heard once", next_of(&published, listener)).await;
    }
    let text = "\u{0}\u{1d4af}\"".repeat(JobEvent::MAX_TEXT / 6);
    let text = JobEvent::Text { job: JobId::generate(), segment: Some(7), text };
    for event in [text, JobEvent::KeysChanged, JobEvent::ControlChanged] {
        b.events.publish(event.clone()).await;
        assert_eq!(next_of(std::slice::from_ref(&event), &mut listeners[0]).await, event);
    }
}

async fn a_value_crosses((a, b): &(Ports, Ports)) {
    let key = key("a", "1");
    put(&*a.cache, &key, "value").await;
    for level in [CacheLevel::Shared, CacheLevel::Memory] {
        let found = b.cache.get(&key).await.unwrap();
        assert_eq!((&found.value[..], found.level), (&b"value"[..], level));
        assert!(found.age < Duration::from_secs(10));
    }
    put(&*a.cache, &key, "newer").await;
    let newer = async || get(&*b.cache, &key).await.as_deref() == Some("newer");
    until("the newer value crosses", newer).await;
    let large: Bytes = (0..50_000_u32).map(|it| (it * it % 251).to_le_bytes()[0]).collect();
    a.cache.put(&key, large.clone()).await;
    until("a large value crosses", async || {
        b.cache.get(&key).await.is_some_and(|it| it.value == large)
    })
    .await;
}

async fn forgetting_crosses((a, b): &(Ports, Ports)) {
    let versions = ["1", "2", "3"].map(|it| key("a", it));
    for key in &versions {
        put(&*a.cache, key, "value").await;
        assert!(get(&*b.cache, key).await.is_some());
    }
    put(&*a.cache, &key("b", "1"), "stays").await;
    a.cache.invalidate(Resource::Summary, "a").await;
    for key in &versions {
        assert_eq!(get(&*a.cache, key).await, None);
        until("the other forgets it", async || get(&*b.cache, key).await.is_none()).await;
    }
    assert!(get(&*b.cache, &key("b", "1")).await.is_some());
}

async fn forgetting_reaches_the_maker((a, b): &(Ports, Ports)) {
    let key = key("a", "1");
    let permit = make(&*b.cache, &key).await;
    a.cache.invalidate(Resource::Summary, "a").await;
    put(&*b.cache, &key, "old").await;
    drop(permit);
    until("the maker forgets it", async || get(&*b.cache, &key).await.is_none()).await;
    assert_eq!(get(&*a.cache, &key).await, None);
    // Who forgot it keeps at once what is made anew.
    let permit = make(&*a.cache, &key).await;
    put(&*a.cache, &key, "new").await;
    drop(permit);
    assert_eq!(hit(&*b.cache, &key).await, "new");
}

async fn one_of_both_makes((a, b): &(Ports, Ports)) {
    let key = key("a", "1");
    let mut asking = JoinSet::new();
    for process in [a, b] {
        for _ in 0..10 {
            let (cache, key) = (Arc::clone(&process.cache), key.clone());
            asking.spawn(async move { (cache.get_or_make(&key).await, cache) });
        }
    }
    let (lookup, cache) = within(asking.join_next()).await.unwrap().unwrap();
    let Lookup::Make(permit) = lookup else { panic!("nobody made it yet") };
    not_soon("the others wait", asking.join_next()).await;
    put(&*cache, &key, "made").await;
    drop(permit);
    while let Some(asked) = within(asking.join_next()).await {
        let Lookup::Hit(cached) = asked.unwrap().0 else { panic!("it is there") };
        assert_eq!(cached.value, "made");
    }
}

async fn who_gives_up_is_followed_by_the_other((a, b): &(Ports, Ports)) {
    let key = key("a", "1");
    let permit = make(&*a.cache, &key).await;
    let mut other = Box::pin(make(&*b.cache, &key));
    not_soon("the other waits", &mut other).await;
    drop(permit);
    within(other).await;
}

async fn slots_are_of_both((a, b): &(Ports, Ports)) {
    let mut held: Vec<Permit> = Vec::new();
    for turn in 0..FETCHES {
        let process = [a, b][turn % 2];
        held.push(within(process.slots.acquire(Slot::Fetch)).await);
    }
    let mut waiting = JoinSet::new();
    for process in [a, b, a, b] {
        let slots = Arc::clone(&process.slots);
        waiting.spawn(async move { slots.acquire(Slot::Fetch).await });
    }
    not_soon("all are taken", waiting.join_next()).await;
    within(b.slots.acquire(Slot::Summarize)).await;
    while !waiting.is_empty() {
        held.remove(0);
        held.push(within(waiting.join_next()).await.unwrap().unwrap());
        if !waiting.is_empty() {
            not_soon("one for one", waiting.join_next()).await;
        }
    }
}

async fn more_slots_are_of_both((a, b): &(Ports, Ports)) {
    let mut held = vec![within(a.slots.acquire(Slot::Summarize)).await];
    let mut waiting = JoinSet::new();
    for process in [b, b] {
        let slots = Arc::clone(&process.slots);
        waiting.spawn(async move { slots.acquire(Slot::Summarize).await });
    }
    not_soon("it is taken", waiting.join_next()).await;
    for process in [a, b] {
        process.slots.set_limit(Slot::Summarize, 2);
    }
    held.push(within(waiting.join_next()).await.unwrap().unwrap());
    not_soon("there is one for each", waiting.join_next()).await;
    // Fewer of them again: one that is given back is nobody's.
    for process in [a, b] {
        process.slots.set_limit(Slot::Summarize, 1);
    }
    held.pop();
    not_soon("one is held", waiting.join_next()).await;
    held.pop();
    within(waiting.join_next()).await;
}

/// Longer than a lease, and no longer.
async fn a_slot_is_held_for_as_long_as_it_takes((a, b): &(Ports, Ports)) {
    let held = within(a.slots.acquire(Slot::Summarize)).await;
    let mut waiting = Box::pin(b.slots.acquire(Slot::Summarize));
    let leases = Duration::from_millis(LEASE_SECONDS * 2500);
    assert!(timeout(leases, &mut waiting).await.is_err(), "it is held");
    drop(held);
    // Sooner than its lease is over.
    let soon = Duration::from_millis(LEASE_SECONDS * 900);
    assert!(timeout(soon, waiting).await.is_ok(), "it is given back");
}

async fn breakers_are_of_both((a, b): &(Ports, Ports)) {
    let allow = async |it: &Ports| it.breakers.allow(&youtube()).await;
    fail(&*a.breakers, FAILURES - 1).await;
    assert_eq!(allow(b).await, Ok(()));
    fail(&*b.breakers, 1).await;
    let wait = allow(a).await.unwrap_err();
    assert!(allow(b).await.is_err());
    sleep(wait).await;
    let tries = [allow(a).await, allow(b).await];
    assert_eq!(tries.iter().filter(|it| it.is_ok()).count(), 1, "{tries:?}");
    succeed(&*b.breakers).await;
    assert_eq!([allow(a).await, allow(b).await], [Ok(()), Ok(())]);
}

async fn limits_are_of_both((a, b): &(Ports, Ports)) {
    let taken = [
        a.limits.take("a", RATE).await,
        b.limits.take("a", RATE).await,
        a.limits.take("a", RATE).await,
    ];
    assert_eq!(taken, [Ok(()); 3]);
    assert!(b.limits.take("a", RATE).await.is_err());
    assert!(a.limits.take("a", RATE).await.is_err());

    let budgets = [budget("c", ONCE), budget("d", ONCE)];
    assert!(a.limits.take_all(&budgets[..1]).await.granted);
    let verdict = b.limits.take_all(&budgets).await;
    assert!(!verdict.granted);
    let left: Vec<u32> = a.limits.look(&budgets).await.iter().map(|it| it.left).collect();
    assert_eq!(left, [0, 1], "of none is taken what one of them does not have");
    assert!(a.limits.take_all(&budgets[1..]).await.granted);
    assert!(!b.limits.take_all(&budgets[1..]).await.granted);

    let now = now();
    a.limits.exhaust("b", now + Duration::from_hours(1)).await;
    assert!(b.limits.exhausted("b", now).await.is_some());
    let wait = b.limits.take("b", RATE).await.unwrap_err();
    assert!(wait > Duration::from_mins(59), "{wait:?}");
}
