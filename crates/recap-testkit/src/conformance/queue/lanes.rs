//! Which entries a worker takes, and how often of which kind.

use std::sync::Arc;
use std::time::Duration;

use recap_core::job::{Lane, Priority, Region};
use recap_core::jobs::JobPayload;
use recap_core::ports::{Entry, Queue};

use super::{
    A_WHILE, Entrance, INTERACTIVE_WEIGHT, REGIONS, Recorder, Running, entry, push_many, region,
    within,
};

pub(super) async fn all(fresh: &impl AsyncFn() -> Arc<dyn Entrance>) {
    a_worker_takes_what_is_pinned_to_its_own_regions(&*fresh().await).await;
    what_is_pinned_keeps_its_priority(&*fresh().await).await;
    pinned_and_unpinned_entries_take_turns(&*fresh().await).await;
    each_kind_has_its_share_while_both_wait(&*fresh().await).await;
    either_kind_alone_has_all(&*fresh().await).await;
    nothing_is_taken_twice_by_many(&*fresh().await).await;
}

async fn push_pinned(queue: &dyn Queue, priority: Priority, to: Option<&Region>) -> JobPayload {
    let lane = Lane { priority, region: to.cloned() };
    let entry = Entry { lane, ..entry(priority) };
    queue.push(std::slice::from_ref(&entry), Duration::ZERO).await.unwrap();
    entry.payload
}

async fn a_worker_takes_what_is_pinned_to_its_own_regions(entrance: &dyn Entrance) {
    let queue = entrance.connect().await;
    let [eu, us] = REGIONS.map(region);
    let mut european = Vec::new();
    for priority in [Priority::Interactive, Priority::Bulk] {
        european.push(push_pinned(&*queue, priority, None).await);
        european.push(push_pinned(&*queue, priority, Some(&eu)).await);
    }
    let american = push_pinned(&*queue, Priority::Interactive, Some(&us)).await;

    let recorder = Recorder::open();
    let running = Running::start_in(&[eu], false, &queue, 1, &recorder);
    let mut taken = recorder.take(4).await;
    taken.sort_by_key(|it| it.subject());
    european.sort_by_key(|it| it.subject());
    assert_eq!(taken, european);
    let homeless = Recorder::open();
    let other = Running::start(&queue, 1, &homeless);
    assert_eq!(recorder.next_in(A_WHILE).await, None, "that one is for another region");
    assert!(homeless.is_empty().await, "and not for a worker without any");
    running.stop().await;
    other.stop().await;

    let running = Running::start_in(&[us], false, &queue, 1, &recorder);
    assert_eq!(recorder.next().await, american);
    running.stop().await;
}

async fn what_is_pinned_keeps_its_priority(entrance: &dyn Entrance) {
    let (queue, recorder) = (entrance.connect().await, Recorder::open());
    let eu = region(REGIONS[0]);
    let bulk = push_pinned(&*queue, Priority::Bulk, Some(&eu)).await;
    let urgent = push_pinned(&*queue, Priority::Interactive, Some(&eu)).await;
    let running = Running::start_in(&[eu], false, &queue, 1, &recorder);
    assert_eq!(recorder.take(2).await, [urgent, bulk]);
    running.stop().await;
}

/// Neither starves the other.
async fn pinned_and_unpinned_entries_take_turns(entrance: &dyn Entrance) {
    let (queue, recorder) = (entrance.connect().await, Recorder::open());
    let eu = region(REGIONS[0]);
    let mut pinned = Vec::new();
    for _ in 0..6 {
        push_pinned(&*queue, Priority::Interactive, None).await;
        pinned.push(push_pinned(&*queue, Priority::Interactive, Some(&eu)).await);
    }
    let running = Running::start_in(&[eu], false, &queue, 1, &recorder);
    let first = recorder.take(6).await;
    let count = first.iter().filter(|it| pinned.contains(it)).count();
    assert!((2..=4).contains(&count), "{count} of the first six are pinned");
    recorder.take(6).await;
    running.stop().await;
}

async fn each_kind_has_its_share_while_both_wait(entrance: &dyn Entrance) {
    const ROUNDS: usize = 5;
    let (queue, recorder) = (entrance.connect().await, Recorder::open());
    let bulk = push_many(&*queue, Priority::Bulk, ROUNDS * 2).await;
    push_many(&*queue, Priority::Interactive, ROUNDS * INTERACTIVE_WEIGHT).await;
    let running = Running::start(&queue, 1, &recorder);
    for round in 0..ROUNDS {
        let taken = recorder.take(INTERACTIVE_WEIGHT + 1).await;
        let count = taken.iter().filter(|it| bulk.contains(it)).count();
        assert_eq!(count, 1, "bulk entries in round {round}");
    }
    recorder.take(ROUNDS).await;
    running.stop().await;
}

async fn either_kind_alone_has_all(entrance: &dyn Entrance) {
    for priority in [Priority::Bulk, Priority::Interactive] {
        let (queue, recorder) = (entrance.connect().await, Recorder::open());
        push_many(&*queue, priority, 30).await;
        let running = Running::start(&queue, 1, &recorder);
        within(recorder.take(30)).await;
        running.stop().await;
    }
}

async fn nothing_is_taken_twice_by_many(entrance: &dyn Entrance) {
    let recorder = Recorder::open();
    let mut running = Vec::new();
    for _ in 0..3 {
        running.push(Running::start(&entrance.connect().await, 3, &recorder));
    }
    let mut pushed = push_many(&*entrance.connect().await, Priority::Interactive, 100).await;
    pushed.extend(push_many(&*entrance.connect().await, Priority::Bulk, 100).await);
    let mut taken = recorder.take(200).await;
    for it in running {
        it.stop().await;
    }
    assert!(recorder.is_empty().await);
    taken.sort_by_key(|it| it.subject());
    pushed.sort_by_key(|it| it.subject());
    assert_eq!(taken, pushed);
}
