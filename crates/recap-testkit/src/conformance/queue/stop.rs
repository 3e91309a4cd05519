//! Stopping: nothing new is taken, and what is in hand comes to its end.

use std::sync::Arc;
use std::time::Duration;

use recap_core::job::Priority;
use tokio_util::sync::CancellationToken;

use super::{Entrance, Recorder, Running, push, within};

/// Long enough to see that something which should not happen does not.
const A_WHILE: Duration = Duration::from_millis(200);

pub(super) async fn all(fresh: &impl AsyncFn() -> Arc<dyn Entrance>) {
    an_idle_run_ends_at_once(&*fresh().await).await;
    a_stop_waits_for_what_is_in_hand(&*fresh().await).await;
    what_was_not_taken_is_there_for_the_next_run(&*fresh().await).await;
}

async fn an_idle_run_ends_at_once(entrance: &dyn Entrance) {
    let (queue, recorder) = (entrance.connect().await, Recorder::open());
    Running::start(&queue, 2, &recorder).stop().await;

    let stopped = CancellationToken::new();
    stopped.cancel();
    let handler = Arc::clone(&recorder);
    within(queue.run(2, handler, stopped)).await.unwrap();
}

async fn a_stop_waits_for_what_is_in_hand(entrance: &dyn Entrance) {
    let (queue, recorder) = (entrance.connect().await, Recorder::closed());
    let mut running = Running::start(&queue, 2, &recorder);
    for _ in 0..2 {
        push(&*queue, Priority::Interactive).await;
    }
    recorder.take(2).await;

    running.stop.cancel();
    recorder.let_pass(1);
    let ended = tokio::time::timeout(A_WHILE, running.ended()).await;
    assert!(ended.is_err(), "one handler has not returned");
    recorder.let_pass(1);
    running.ended().await;
}

async fn what_was_not_taken_is_there_for_the_next_run(entrance: &dyn Entrance) {
    let (queue, recorder) = (entrance.connect().await, Recorder::closed());
    let mut running = Running::start(&queue, 1, &recorder);
    let first = push(&*queue, Priority::Interactive).await;
    assert_eq!(recorder.next().await, first);
    running.stop.cancel();
    let second = push(&*queue, Priority::Interactive).await;
    recorder.let_pass(2);
    running.ended().await;
    assert!(recorder.is_empty().await, "nothing is taken after the stop");

    let running = Running::start(&queue, 1, &recorder);
    assert_eq!(recorder.next().await, second);
    running.stop().await;
}
