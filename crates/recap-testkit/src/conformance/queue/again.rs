//! The same job again: while its entry is there, and when it is not.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use recap_core::job::Priority;
use recap_core::jobs::JobPayload;
use recap_core::ports::{Entry, Handler, Pull, Queue};
use recap_core::webhook::DeliveryId;
use tokio::sync::{Mutex, mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::{A_WHILE, Entrance, Recorder, Running, entry, push, within};

pub(super) async fn all(fresh: &impl AsyncFn() -> Arc<dyn Entrance>) {
    for entry in [entry(Priority::Interactive), message()] {
        an_entry_that_waits_is_there_once(&*fresh().await, &entry).await;
        an_entry_comes_again_when_it_was_handled(&*fresh().await, &entry).await;
        a_later_turn_is_another_entry(&*fresh().await, &entry).await;
    }
    a_handler_may_push_its_own_job(&*fresh().await).await;
}

/// That was sent before, and begins anew.
fn message() -> Entry {
    Entry::delivery(DeliveryId::generate(), 3)
}

/// The reconciler pushes what waits, again and again.
async fn an_entry_that_waits_is_there_once(entrance: &dyn Entrance, entry: &Entry) {
    let (queue, recorder) = (entrance.connect().await, Recorder::open());
    queue.push(&[entry.clone(), entry.clone()], Duration::ZERO).await.unwrap();
    queue.push(std::slice::from_ref(entry), Duration::ZERO).await.unwrap();
    queue.clean().await.unwrap();
    let running = Running::start(&queue, 1, &recorder);
    assert_eq!(recorder.next().await, entry.payload);
    let last = push(&*queue, Priority::Bulk).await;
    assert_eq!(recorder.next().await, last, "the doubles went before it, if there were any");
    running.stop().await;
}

/// As when a handler could do nothing with it.
async fn an_entry_comes_again_when_it_was_handled(entrance: &dyn Entrance, entry: &Entry) {
    let (queue, recorder) = (entrance.connect().await, Recorder::open());
    queue.push(std::slice::from_ref(entry), Duration::ZERO).await.unwrap();
    let running = Running::start(&queue, 1, &recorder);
    assert_eq!(recorder.next().await, entry.payload);
    // While it is in hand a push may do nothing, and nobody says when it no
    // longer is.
    let again = within(async {
        loop {
            queue.push(std::slice::from_ref(entry), Duration::ZERO).await.unwrap();
            if let Some(payload) = recorder.next_in(A_WHILE).await {
                return payload;
            }
        }
    });
    assert_eq!(again.await, entry.payload);
    running.stop().await;
}

async fn a_later_turn_is_another_entry(entrance: &dyn Entrance, first: &Entry) {
    let (queue, recorder) = (entrance.connect().await, Recorder::closed());
    let second = Entry { turn: first.turn + 1, ..first.clone() };
    queue.push(std::slice::from_ref(first), Duration::ZERO).await.unwrap();
    let running = Running::start(&queue, 2, &recorder);
    assert_eq!(recorder.next().await, first.payload);
    // As when the lease of the first one is over, but its worker hangs.
    queue.push(&[second], Duration::ZERO).await.unwrap();
    assert_eq!(recorder.next().await, first.payload);
    recorder.let_pass(2);
    running.stop().await;
}

/// Pushes the entry it is given again, with the next turn.
struct Repeater {
    queue: Arc<dyn Queue>,
    entry: Mutex<Entry>,
    turns: mpsc::UnboundedSender<u64>,
}

#[async_trait]
impl Handler for Repeater {
    async fn handle(&self, payload: JobPayload) {
        let mut entry = self.entry.lock().await;
        assert_eq!(payload, entry.payload);
        self.turns.send(entry.turn).unwrap();
        entry.turn += 1;
        self.queue.push(std::slice::from_ref(&*entry), Duration::ZERO).await.unwrap();
    }
}

/// As when a job is to be retried.
async fn a_handler_may_push_its_own_job(entrance: &dyn Entrance) {
    let (queue, entry) = (entrance.connect().await, entry(Priority::Interactive));
    let (turns, mut told) = mpsc::unbounded_channel();
    queue.push(std::slice::from_ref(&entry), Duration::ZERO).await.unwrap();
    let handler = Repeater { queue: Arc::clone(&queue), entry: Mutex::new(entry), turns };
    let (stop, (_pause, paused)) = (CancellationToken::new(), watch::channel(false));
    let pull = Pull { concurrency: 2, regions: Vec::new(), paused, stop: stop.clone() };
    let told = async {
        for turn in 0..5 {
            assert_eq!(within(told.recv()).await, Some(turn));
        }
        stop.cancel();
    };
    let (run, ()) = tokio::join!(queue.run(pull, Arc::new(handler)), told);
    run.unwrap();
}
