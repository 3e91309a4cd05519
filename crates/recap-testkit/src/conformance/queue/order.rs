//! When an entry is handled: its delay, its priority, and how many at once.

use std::sync::Arc;
use std::time::{Duration, Instant};

use recap_core::job::Priority;
use recap_core::ports::Entry;

use super::{Entrance, Recorder, Running, entry, push};

pub(super) async fn all(fresh: &impl AsyncFn() -> Arc<dyn Entrance>) {
    a_delay_is_kept(&*fresh().await).await;
    interactive_entries_go_first(&*fresh().await).await;
    what_was_begun_goes_first(&*fresh().await).await;
    no_more_than_asked_for_are_handled_at_once(&*fresh().await).await;
}

async fn a_delay_is_kept(entrance: &dyn Entrance) {
    const DELAY: Duration = Duration::from_secs(1);
    let (queue, recorder) = (entrance.connect().await, Recorder::open());
    let running = Running::start(&queue, 1, &recorder);

    let (delayed, pushed) = (entry(Priority::Interactive), Instant::now());
    queue.push(std::slice::from_ref(&delayed), DELAY).await.unwrap();
    let at_once = push(&*queue, Priority::Bulk).await;
    assert_eq!(recorder.next().await, at_once);
    assert_eq!(recorder.next().await, delayed.payload);
    let waited = pushed.elapsed();
    assert!(waited >= DELAY, "handled {waited:?} after the push, which is too early");
    assert!(waited < DELAY * 8, "handled {waited:?} after the push, which is too late");
    running.stop().await;
}

async fn interactive_entries_go_first(entrance: &dyn Entrance) {
    let (queue, recorder) = (entrance.connect().await, Recorder::open());
    for _ in 0..3 {
        push(&*queue, Priority::Bulk).await;
    }
    let urgent = push(&*queue, Priority::Interactive).await;
    let running = Running::start(&queue, 1, &recorder);
    assert_eq!(recorder.take(4).await[0], urgent);
    running.stop().await;
}

async fn what_was_begun_goes_first(entrance: &dyn Entrance) {
    let (queue, recorder) = (entrance.connect().await, Recorder::open());
    for _ in 0..3 {
        push(&*queue, Priority::Interactive).await;
    }
    let begun = Entry { turn: 1, ..entry(Priority::Interactive) };
    queue.push(std::slice::from_ref(&begun), Duration::ZERO).await.unwrap();
    let running = Running::start(&queue, 1, &recorder);
    assert_eq!(recorder.take(4).await[0], begun.payload);
    running.stop().await;
}

async fn no_more_than_asked_for_are_handled_at_once(entrance: &dyn Entrance) {
    let (queue, recorder) = (entrance.connect().await, Recorder::closed());
    for _ in 0..8 {
        push(&*queue, Priority::Interactive).await;
    }
    let running = Running::start(&queue, 3, &recorder);
    recorder.take(3).await;
    recorder.let_pass(8);
    recorder.take(5).await;
    running.stop().await;
    assert_eq!(recorder.most(), 3);
}
