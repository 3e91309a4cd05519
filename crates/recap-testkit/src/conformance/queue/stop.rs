//! Stopping: nothing new is taken, and what is in hand comes to its end.

use recap_core::job::Priority;
use recap_core::ports::Pull;
use std::sync::Arc;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{A_WHILE, Entrance, Recorder, Running, push, push_many, within};

pub(super) async fn all(fresh: &impl AsyncFn() -> Arc<dyn Entrance>) {
    an_idle_run_ends_at_once(&*fresh().await).await;
    a_stop_waits_for_what_is_in_hand(&*fresh().await).await;
    what_was_not_taken_is_there_for_the_next_run(&*fresh().await).await;
    what_waits_goes_to_another_worker(&*fresh().await).await;
}

async fn an_idle_run_ends_at_once(entrance: &dyn Entrance) {
    let (queue, recorder) = (entrance.connect().await, Recorder::open());
    Running::start(&queue, 2, &recorder).stop().await;

    let (stop, (_pause, paused)) = (CancellationToken::new(), watch::channel(false));
    stop.cancel();
    let pull = Pull { concurrency: 2, regions: Vec::new(), paused, stop };
    within(queue.run(pull, recorder)).await.unwrap();
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

async fn what_waits_goes_to_another_worker(entrance: &dyn Entrance) {
    let (queue, first, second) = (entrance.connect().await, Recorder::closed(), Recorder::open());
    let mut pushed = push_many(&*queue, Priority::Interactive, 6).await;
    let mut stopping = Running::start(&queue, 2, &first);
    let in_hand = first.take(2).await;
    stopping.stop.cancel();
    pushed.retain(|it| !in_hand.contains(it));

    // While the first one still works on what it has.
    let running = Running::start(&entrance.connect().await, 2, &second);
    let taken = second.take(4).await;
    assert!(taken.iter().all(|it| pushed.contains(it)), "what is in hand is not taken again");
    first.let_pass(2);
    stopping.ended().await;
    running.stop().await;
    assert!(first.is_empty().await && second.is_empty().await);
}
