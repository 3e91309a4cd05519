//! Where an apalis worker takes its entries from: the table, but only while
//! there is a free slot, and only until the stop.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use apalis_core::backend::ext::poll_strategy::{PollSnapshot, PollStrategy};
use apalis_core::backend::finalize::Ephemeral;
use apalis_core::backend::persistence::TaskPersistLayer;
use apalis_core::backend::{Backend, BackendConfig};
use apalis_core::task::Task;
use apalis_core::worker::context::WorkerContext;
use apalis_sqlite::{Config, Error, JsonCodec, SqliteStorage};
use recap_core::jobs::JobPayload;
use serde_json::Value;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::{CancellationToken, PollSemaphore, WaitForCancellationFutureOwned};
use ulid::Ulid;

use crate::entry::{Entry, decode};
use crate::poll::SteadyPoll;

type Storage = SqliteStorage<JobPayload>;

pub(crate) struct Source {
    storage: Storage,
    poll: SteadyPoll,
    slots: PollSemaphore,
    /// The slot of the entry that is being looked for.
    slot: Option<OwnedSemaphorePermit>,
    stop: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl Source {
    pub(crate) fn new(
        storage: Storage,
        poll: SteadyPoll,
        slots: Arc<Semaphore>,
        stop: CancellationToken,
    ) -> Self {
        let stop = Box::pin(stop.cancelled_owned());
        Self { storage, poll, slots: PollSemaphore::new(slots), slot: None, stop }
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
    type Task = Task<Entry>;
    type Error = Error;

    fn poll_ready(
        &mut self,
        cx: &mut Context<'_>,
        worker: &WorkerContext,
    ) -> Poll<Result<(), Error>> {
        Backend::poll_ready(&mut self.storage, cx, worker)
    }

    fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
        worker: &WorkerContext,
    ) -> Poll<Option<Result<Task<Entry>, Error>>> {
        if self.stop.as_mut().poll(cx).is_ready() {
            // Not `None`: an apalis worker whose source has ended, without
            // having been stopped, waits for ever. Fails only if it never ran.
            let _ = worker.stop();
            return Poll::Pending;
        }
        let slot = ready!(self.poll_slot(cx));
        let _ = self.poll.poll_drive(cx, &PollSnapshot::default());
        match self.storage.poll_next(cx, worker) {
            Poll::Ready(Some(Ok(task))) => Poll::Ready(Some(Ok(
                task.map_args(|stored| Entry { payload: decode(&stored), slot })
            ))),
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(error))),
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
    ) -> Poll<Result<(), Error>> {
        Backend::poll_close(&mut self.storage, cx, worker)
    }
}

/// `Ephemeral` is how apalis says that entries come decoded.
impl BackendConfig for Source {
    type Args = Entry;
    type Id = Ulid;
    type Kind = Ephemeral;
    type Config = Config;
    type Layer = TaskPersistLayer<JsonCodec<Value>, Value>;

    fn config(&self) -> &Config {
        self.storage.config()
    }

    fn middleware(&mut self, worker: &mut WorkerContext) -> Self::Layer {
        self.storage.middleware(worker)
    }
}
