//! A handler that tells what it is given and goes on when it is told to.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use recap_core::jobs::JobPayload;
use recap_core::ports::Handler;
use tokio::sync::{Mutex, Semaphore, mpsc};

use super::within;

pub(super) struct Recorder {
    started: mpsc::UnboundedSender<JobPayload>,
    receiver: Mutex<mpsc::UnboundedReceiver<JobPayload>>,
    gate: Semaphore,
    panics_at: Option<JobPayload>,
    running: AtomicUsize,
    most: AtomicUsize,
}

impl Recorder {
    /// Every handler returns at once.
    pub(super) fn open() -> Arc<Self> {
        Arc::new(Self::new(Semaphore::MAX_PERMITS))
    }

    /// Handlers return when [`Recorder::let_pass`] lets them.
    pub(super) fn closed() -> Arc<Self> {
        Arc::new(Self::new(0))
    }

    /// The handler of `payload` panics; the others return at once.
    pub(super) fn panicking_at(payload: JobPayload) -> Arc<Self> {
        Arc::new(Self { panics_at: Some(payload), ..Self::new(Semaphore::MAX_PERMITS) })
    }

    fn new(pass: usize) -> Self {
        let (started, receiver) = mpsc::unbounded_channel();
        Self {
            started,
            receiver: Mutex::new(receiver),
            gate: Semaphore::new(pass),
            panics_at: None,
            running: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
        }
    }

    /// The next payload that a handler was given.
    pub(super) async fn next(&self) -> JobPayload {
        within(async { self.receiver.lock().await.recv().await }).await.unwrap()
    }

    /// The next payload, unless there is none for `patience`.
    pub(super) async fn next_in(&self, patience: Duration) -> Option<JobPayload> {
        tokio::time::timeout(patience, self.next()).await.ok()
    }

    pub(super) async fn take(&self, count: usize) -> Vec<JobPayload> {
        let mut payloads = Vec::with_capacity(count);
        for _ in 0..count {
            payloads.push(self.next().await);
        }
        payloads
    }

    /// Whether no handler was given anything since the last one was taken.
    pub(super) async fn is_empty(&self) -> bool {
        self.receiver.lock().await.is_empty()
    }

    pub(super) fn let_pass(&self, count: usize) {
        self.gate.add_permits(count);
    }

    /// The most handlers there ever were at once.
    pub(super) fn most(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Handler for Recorder {
    async fn handle(&self, payload: JobPayload) {
        let running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(running, Ordering::SeqCst);
        self.started.send(payload).unwrap();
        assert!(self.panics_at != Some(payload), "this handler was told to panic");
        self.gate.acquire().await.unwrap().forget();
        self.running.fetch_sub(1, Ordering::SeqCst);
    }
}
