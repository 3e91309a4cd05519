//! What is pushed is handled, once if all goes well, and nothing that goes
//! wrong with one entry keeps the others from it.

use std::sync::Arc;
use std::time::Duration;

use recap_core::job::Priority;
use recap_core::jobs::JobPayload;
use recap_core::ports::Entry;
use recap_core::webhook::DeliveryId;
use recap_core::{JobId, JobKind};

use super::{Entrance, Recorder, Running, entry, push, push_many};

pub(super) async fn all(fresh: &impl AsyncFn() -> Arc<dyn Entrance>) {
    each_entry_is_handled_once(&*fresh().await).await;
    payloads_arrive_as_they_are(&*fresh().await).await;
    entries_outlive_whoever_pushed_them(&*fresh().await).await;
    many_entries_are_pushed_at_once(&*fresh().await).await;
    an_entry_that_is_no_payload_is_passed_over(&*fresh().await).await;
    a_panic_costs_only_its_own_entry(&*fresh().await).await;
    cleaning_takes_only_what_is_finished(&*fresh().await).await;
}

/// Order says nothing here; ids do.
fn sorted(mut payloads: Vec<JobPayload>) -> Vec<JobPayload> {
    payloads.sort_by_key(|it| it.subject());
    payloads
}

async fn each_entry_is_handled_once(entrance: &dyn Entrance) {
    let (queue, recorder) = (entrance.connect().await, Recorder::open());
    let running = Running::start(&queue, 4, &recorder);
    let mut pushed = Vec::new();
    for _ in 0..20 {
        pushed.push(push(&*queue, Priority::Interactive).await);
    }
    assert_eq!(sorted(recorder.take(20).await), sorted(pushed));
    running.stop().await;

    // Whatever was not acknowledged would come again, before this one.
    let running = Running::start(&queue, 1, &recorder);
    let last = push(&*queue, Priority::Bulk).await;
    assert_eq!(recorder.next().await, last);
    running.stop().await;
    assert!(recorder.is_empty().await);
}

async fn payloads_arrive_as_they_are(entrance: &dyn Entrance) {
    let (queue, recorder) = (entrance.connect().await, Recorder::open());
    let running = Running::start(&queue, 1, &recorder);
    let kinds = [JobKind::Summary, JobKind::Transcript, JobKind::Batch];
    let jobs = kinds.map(|it| JobPayload::new(it, JobId::generate()));
    let message = JobPayload::Deliver { delivery: DeliveryId::generate() };
    for payload in jobs.into_iter().chain([message]) {
        let entry = Entry { payload, ..entry(Priority::Interactive) };
        queue.push(&[entry], Duration::ZERO).await.unwrap();
        assert_eq!(recorder.next().await, payload);
    }
    running.stop().await;
}

async fn entries_outlive_whoever_pushed_them(entrance: &dyn Entrance) {
    let pushed = push(&*entrance.connect().await, Priority::Bulk).await;
    let (queue, recorder) = (entrance.connect().await, Recorder::open());
    let running = Running::start(&queue, 1, &recorder);
    assert_eq!(recorder.next().await, pushed);
    running.stop().await;
}

async fn many_entries_are_pushed_at_once(entrance: &dyn Entrance) {
    const MANY: usize = 1200;
    let (queue, recorder) = (entrance.connect().await, Recorder::open());
    queue.push(&[], Duration::ZERO).await.unwrap();
    let mut pushed = push_many(&*queue, Priority::Interactive, MANY / 2).await;
    let mixed: Vec<Entry> = (0..MANY / 2)
        .map(|it| entry(if it % 2 == 0 { Priority::Bulk } else { Priority::Interactive }))
        .collect();
    queue.push(&mixed, Duration::ZERO).await.unwrap();
    pushed.extend(mixed.iter().map(|it| it.payload));

    let running = Running::start(&queue, 8, &recorder);
    assert_eq!(sorted(recorder.take(MANY).await), sorted(pushed));
    running.stop().await;
    assert!(recorder.is_empty().await);
}

async fn an_entry_that_is_no_payload_is_passed_over(entrance: &dyn Entrance) {
    let (queue, recorder) = (entrance.connect().await, Recorder::open());
    for _ in 0..2 {
        entrance.spoil().await;
    }
    let pushed = push(&*queue, Priority::Bulk).await;
    let running = Running::start(&queue, 1, &recorder);
    assert_eq!(recorder.next().await, pushed);
    running.stop().await;
    assert!(recorder.is_empty().await);
}

async fn a_panic_costs_only_its_own_entry(entrance: &dyn Entrance) {
    let queue = entrance.connect().await;
    let fatal = push(&*queue, Priority::Interactive).await;
    let recorder = Recorder::panicking_at(fatal);
    // One slot, so it must have been given back.
    let running = Running::start(&queue, 1, &recorder);
    assert_eq!(recorder.next().await, fatal);
    let next = push(&*queue, Priority::Interactive).await;
    assert_eq!(recorder.next().await, next);
    running.stop().await;
}

async fn cleaning_takes_only_what_is_finished(entrance: &dyn Entrance) {
    let (queue, recorder) = (entrance.connect().await, Recorder::closed());
    queue.clean().await.unwrap();
    let running = Running::start(&queue, 1, &recorder);
    let in_hand = push(&*queue, Priority::Interactive).await;
    assert_eq!(recorder.next().await, in_hand);
    let waiting = push(&*queue, Priority::Interactive).await;
    queue.clean().await.unwrap();

    recorder.let_pass(2);
    assert_eq!(recorder.next().await, waiting);
    running.stop().await;
    queue.clean().await.unwrap();
}
