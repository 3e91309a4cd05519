//! The entries in hand: each handled in a task of its own, so that an apalis
//! worker which ends too early does not take its jobs along, and a job that
//! computes does not keep the worker from its heartbeat.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};

use futures::FutureExt;
use recap_core::ports::Handler;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinSet;
use tracing::error;

use crate::entry::InHand;

pub(crate) struct Hands {
    handler: Arc<dyn Handler>,
    slots: Arc<Semaphore>,
    /// Dropping it aborts what is left, when `run` is given up by its caller.
    tasks: Mutex<JoinSet<()>>,
}

impl Hands {
    pub(crate) fn new(concurrency: usize, handler: Arc<dyn Handler>) -> Self {
        let slots = Arc::new(Semaphore::new(concurrency));
        Self { handler, slots, tasks: Mutex::default() }
    }

    /// One for each entry that may be handled at once. Shared by all apalis
    /// workers of a run, since jobs outlive the worker that fetched them.
    pub(crate) fn slots(&self) -> Arc<Semaphore> {
        Arc::clone(&self.slots)
    }

    /// Handles `entry`. Giving up on this future does not stop the handler.
    pub(crate) async fn handle(&self, entry: InHand) {
        let InHand { payload: Some(payload), slot } = entry else { return };
        let handler = Arc::clone(&self.handler);
        let (done, ended) = oneshot::channel::<()>();
        self.spawn(async move {
            // Both are let go of at the end, whatever kind of end it is.
            let (_slot, _done) = (slot, done);
            let work = AssertUnwindSafe(handler.handle(payload));
            if work.catch_unwind().await.is_err() {
                error!(entry.subject = payload.subject(), "the handler of an entry panicked");
            }
        });
        // Nothing is sent: it ends when the task lets go of the other side.
        let _ = ended.await;
    }

    /// Waits for all that is in hand.
    pub(crate) async fn drain(&self) {
        let tasks = std::mem::take(&mut *self.tasks.lock().expect("never held over a panic"));
        tasks.join_all().await;
    }

    fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.tasks.lock().expect("never held over a panic");
        // A set keeps what has ended until it is joined.
        while tasks.try_join_next().is_some() {}
        tasks.spawn(work);
    }
}
