//! Where an apalis worker takes its entries from: the desk, but only while
//! there is a free slot and no pause, and only until the stop.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use apalis_core::backend::finalize::Ephemeral;
use apalis_core::backend::persistence::{Persisted, State, TaskPersistLayer};
use apalis_core::backend::{Backend, BackendConfig};
use apalis_core::task::Task;
use apalis_core::worker::context::WorkerContext;
use recap_core::jobs::JobPayload;
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
    /// Whether to look without knowing of anything.
    due: bool,
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
        Self { desk, poll, due: true, slots, slot: None, pause, stop }
    }

    /// What is being looked for already is looked for to the end: a fetch that
    /// is not polled would keep the worker from its heartbeat.
    fn is_looking(&self) -> bool {
        matches!(self.desk.state(), State::Fetch(_))
    }

    /// Whether there is a reason to look: none, when the last look found the last
    /// entry, and nothing has happened since. What comes while a look is under way
    /// is a reason for another one, since it may have begun too early.
    fn has_reason(&mut self, cx: &mut Context<'_>) -> bool {
        if self.poll.is_pushed(cx) {
            self.desk.expect();
        }
        self.due |= self.poll.is_due(cx);
        self.due || self.desk.expects()
    }

    /// The next entry, if there is a reason to look for it.
    fn poll_desk(
        &mut self,
        cx: &mut Context<'_>,
        worker: &WorkerContext,
    ) -> Poll<Option<Result<Task<Option<JobPayload>>, Infallible>>> {
        let reason = self.has_reason(cx);
        if !self.is_looking() {
            if !reason {
                return Poll::Pending;
            }
            self.due = false;
            self.poll.looks();
        }
        let polled = self.desk.poll_next(cx, worker);
        if polled.is_pending() && !self.is_looking() && self.has_reason(cx) {
            // Once more, but not before asking for a pause or the stop.
            cx.waker().wake_by_ref();
        }
        polled
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
            self.due = true;
            return Poll::Pending;
        }
        let slot = ready!(self.poll_slot(cx));
        match self.poll_desk(cx, worker) {
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
