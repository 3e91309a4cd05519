//! Where an apalis worker takes its entries from: the desk, but only while
//! there is a free slot and no pause, and only until the stop.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use apalis_core::backend::ext::poll_strategy::{PollSnapshot, PollStrategy};
use apalis_core::backend::finalize::Ephemeral;
use apalis_core::backend::persistence::{Persisted, State, TaskPersistLayer};
use apalis_core::backend::{Backend, BackendConfig};
use apalis_core::task::Task;
use apalis_core::worker::context::WorkerContext;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::{CancellationToken, PollSemaphore, WaitForCancellationFutureOwned};

use crate::desk::{Desk, NoResult};
use crate::entry::InHand;
use crate::pause::Pause;
use crate::poll::SteadyPoll;
use crate::worker::HEARTBEAT;

pub(crate) struct Source {
    desk: Persisted<Desk>,
    poll: SteadyPoll,
    slots: PollSemaphore,
    /// The slot of the entry that is being looked for.
    slot: Option<OwnedSemaphorePermit>,
    pause: Pause,
    stop: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl Source {
    pub(crate) fn new(
        desk: Desk,
        poll: SteadyPoll,
        slots: Arc<Semaphore>,
        pause: Pause,
        stop: CancellationToken,
    ) -> Self {
        let stop = Box::pin(stop.cancelled_owned());
        let (desk, slots) = (Persisted::new(desk), PollSemaphore::new(slots));
        Self { desk, poll, slots, slot: None, pause, stop }
    }

    /// What is being looked for already is looked for to the end: a fetch that
    /// is not polled would keep the worker from its heartbeat.
    fn is_looking(&self) -> bool {
        matches!(self.desk.state(), State::Fetch(_))
    }

    /// Takes the slot before the entry: an entry that is fetched is handled at
    /// once, and those that wait can still be taken by another process.
    fn poll_slot(&mut self, cx: &mut Context<'_>) -> Poll<OwnedSemaphorePermit> {
        match self.slot.take() {
            Some(slot) => Poll::Ready(slot),
            None => self.slots.poll_acquire(cx).map(|it| it.expect("the slots are never closed")),
        }
    }
}

impl Backend for Source {
    type Task = Task<InHand>;
    type Error = Infallible;

    fn poll_ready(
        &mut self,
        cx: &mut Context<'_>,
        worker: &WorkerContext,
    ) -> Poll<Result<(), Infallible>> {
        self.desk.poll_ready(cx, worker, HEARTBEAT)
    }

    fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
        worker: &WorkerContext,
    ) -> Poll<Option<Result<Task<InHand>, Infallible>>> {
        if self.stop.as_mut().poll(cx).is_ready() {
            // Not `None`: an apalis worker whose source has ended, without
            // having been stopped, waits for ever. Fails only if it never ran.
            let _ = worker.stop();
            return Poll::Pending;
        }
        let over = self.pause.poll_over(cx);
        if over.is_pending() && !self.is_looking() {
            return Poll::Pending;
        }
        let slot = ready!(self.poll_slot(cx));
        let _ = self.poll.poll_drive(cx, &PollSnapshot::default());
        match self.desk.poll_next(cx, worker) {
            Poll::Ready(Some(Ok(task))) => {
                Poll::Ready(Some(Ok(task.map_args(|payload| InHand { payload, slot }))))
            }
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => {
                self.slot = Some(slot);
                Poll::Pending
            }
        }
    }

    fn poll_close(
        &mut self,
        cx: &mut Context<'_>,
        worker: &WorkerContext,
    ) -> Poll<Result<(), Infallible>> {
        self.desk.poll_close(cx, worker)
    }
}

/// `Ephemeral` is how apalis says that entries come decoded.
impl BackendConfig for Source {
    type Args = InHand;
    type Id = String;
    type Kind = Ephemeral;
    type Config = ();
    type Layer = TaskPersistLayer<NoResult, ()>;

    fn config(&self) -> &() {
        &()
    }

    fn middleware(&mut self, _: &mut WorkerContext) -> Self::Layer {
        self.desk
            .layer(NoResult, 1)
            // Also switches off the acknowledgement, if false.
            .persist_results(true)
            // Fetching holds an entry already; this would be a second write for
            // the sake of a status that nobody reads.
            .lock_tasks(false)
    }
}
