//! How much may happen at once, within one process.

use std::sync::Arc;

use recap_core::ports::{Permit, Slot, Slots};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::{FETCHES, SUMMARIZATIONS, not_soon, within};

pub(super) async fn all(fresh: &impl AsyncFn() -> Arc<dyn Slots>) {
    there_are_as_many_as_the_settings_say(&*fresh().await).await;
    first_come_first_served(fresh().await).await;
    who_does_not_wait_any_more_takes_none(&*fresh().await).await;
    they_are_given_back_again_and_again(fresh().await).await;
    more_of_them_are_there_at_once(fresh().await).await;
    fewer_of_them_take_nothing_from_anyone(&*fresh().await).await;
}

async fn there_are_as_many_as_the_settings_say(slots: &dyn Slots) {
    let mut held: Vec<Permit> = Vec::new();
    for _ in 0..FETCHES {
        held.push(within(slots.acquire(Slot::Fetch)).await);
    }
    not_soon("all are taken", slots.acquire(Slot::Fetch)).await;
    for _ in 0..SUMMARIZATIONS {
        held.push(within(slots.acquire(Slot::Summarize)).await);
    }
    not_soon("all are taken", slots.acquire(Slot::Summarize)).await;
    drop(held);
    within(slots.acquire(Slot::Fetch)).await;
    within(slots.acquire(Slot::Summarize)).await;
}

async fn first_come_first_served(slots: Arc<dyn Slots>) {
    let held = within(slots.acquire(Slot::Summarize)).await;
    let (served, mut order) = mpsc::unbounded_channel();
    let mut waiting = JoinSet::new();
    for number in 0..5 {
        let (slots, served) = (Arc::clone(&slots), served.clone());
        waiting.spawn(async move {
            let _permit = slots.acquire(Slot::Summarize).await;
            served.send(number).unwrap();
        });
        // One after the other.
        tokio::task::yield_now().await;
        not_soon("all wait", order.recv()).await;
    }
    drop(held);
    for number in 0..5 {
        assert_eq!(within(order.recv()).await, Some(number));
    }
    within(waiting.join_all()).await;
}

async fn who_does_not_wait_any_more_takes_none(slots: &dyn Slots) {
    let held = within(slots.acquire(Slot::Summarize)).await;
    for _ in 0..3 {
        not_soon("it is taken", slots.acquire(Slot::Summarize)).await;
    }
    drop(held);
    for _ in 0..3 {
        within(slots.acquire(Slot::Summarize)).await;
    }
}

async fn they_are_given_back_again_and_again(slots: Arc<dyn Slots>) {
    let mut working = JoinSet::new();
    for _ in 0..10 {
        let slots = Arc::clone(&slots);
        working.spawn(async move {
            for _ in 0..5 {
                let _permit = slots.acquire(Slot::Fetch).await;
                tokio::task::yield_now().await;
            }
        });
    }
    within(working.join_all()).await;
}

async fn more_of_them_are_there_at_once(slots: Arc<dyn Slots>) {
    assert_eq!(slots.limit(Slot::Summarize), SUMMARIZATIONS);
    let mut held = vec![within(slots.acquire(Slot::Summarize)).await];
    let mut waiting = JoinSet::new();
    for _ in 0..3 {
        let slots = Arc::clone(&slots);
        waiting.spawn(async move { slots.acquire(Slot::Summarize).await });
    }
    not_soon("it is taken", waiting.join_next()).await;
    slots.set_limit(Slot::Summarize, SUMMARIZATIONS + 2);
    assert_eq!(slots.limit(Slot::Summarize), SUMMARIZATIONS + 2);
    for _ in 0..2 {
        held.push(within(waiting.join_next()).await.unwrap().unwrap());
    }
    not_soon("all are taken", waiting.join_next()).await;
    assert_eq!(slots.limit(Slot::Fetch), FETCHES, "those of another kind stay");
}

async fn fewer_of_them_take_nothing_from_anyone(slots: &dyn Slots) {
    slots.set_limit(Slot::Fetch, 3);
    let mut held: Vec<Permit> = Vec::new();
    for _ in 0..3 {
        held.push(within(slots.acquire(Slot::Fetch)).await);
    }
    slots.set_limit(Slot::Fetch, 1);
    for _ in 0..3 {
        not_soon("there are no fewer than that", slots.acquire(Slot::Fetch)).await;
        held.pop();
    }
    held.push(within(slots.acquire(Slot::Fetch)).await);
    not_soon("there is one", slots.acquire(Slot::Fetch)).await;
}
