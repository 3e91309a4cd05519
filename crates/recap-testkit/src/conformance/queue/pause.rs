//! A pause: nothing is taken, and what is in hand goes on.

use std::sync::Arc;

use recap_core::job::Priority;

use super::{A_WHILE, Entrance, Recorder, Running, push, within};

pub(super) async fn all(fresh: &impl AsyncFn() -> Arc<dyn Entrance>) {
    nothing_is_taken_before_the_pause_is_over(&*fresh().await).await;
    what_is_in_hand_goes_on(&*fresh().await).await;
    a_paused_run_can_be_stopped(&*fresh().await).await;
}

async fn nothing_is_taken_before_the_pause_is_over(entrance: &dyn Entrance) {
    let (queue, recorder) = (entrance.connect().await, Recorder::open());
    let pushed = push(&*queue, Priority::Interactive).await;
    let running = Running::start_in(&[], true, &queue, 2, &recorder);
    assert_eq!(recorder.next_in(A_WHILE).await, None);
    running.pause.send_replace(false);
    assert_eq!(recorder.next().await, pushed);
    running.stop().await;
}

async fn what_is_in_hand_goes_on(entrance: &dyn Entrance) {
    let (queue, recorder) = (entrance.connect().await, Recorder::closed());
    let running = Running::start(&queue, 2, &recorder);
    let in_hand = push(&*queue, Priority::Interactive).await;
    assert_eq!(recorder.next().await, in_hand);
    running.pause.send_replace(true);
    // What was being looked for when the pause began may still be found: so
    // that one is found before anything else is there.
    assert_eq!(recorder.next_in(A_WHILE).await, None);
    let pushed = push(&*queue, Priority::Interactive).await;
    recorder.let_pass(2);
    assert_eq!(recorder.next_in(A_WHILE).await, None, "there is a free slot, but a pause");
    running.pause.send_replace(false);
    assert_eq!(recorder.next().await, pushed);
    running.stop().await;
}

async fn a_paused_run_can_be_stopped(entrance: &dyn Entrance) {
    let (queue, recorder) = (entrance.connect().await, Recorder::open());
    let running = Running::start_in(&[], true, &queue, 2, &recorder);
    let pushed = push(&*queue, Priority::Interactive).await;
    within(running.stop()).await;
    assert!(recorder.is_empty().await);
    let running = Running::start(&queue, 1, &recorder);
    assert_eq!(recorder.next().await, pushed);
    running.stop().await;
}
