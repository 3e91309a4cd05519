//! A queue that keeps what was pushed until it is drained.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use recap_core::job::Priority;
use recap_core::jobs::{Clock, JobPayload};
use recap_core::ports::{Handler, Queue, QueueError};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::told_to_fail;

/// How often [`Queue::run`] looks whether a delay is over; only the clock
/// knows, and it does not say when it is turned.
const LOOK: Duration = Duration::from_millis(10);

/// An entry as it was pushed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pushed {
    pub payload: JobPayload,
    pub priority: Priority,
    pub delay: Duration,
    /// When it may be handled.
    pub due: Timestamp,
}

/// Interactive entries go before bulk ones, older before newer.
pub struct MemoryQueue {
    clock: Clock,
    waiting: Mutex<Vec<Pushed>>,
    log: Mutex<Vec<Pushed>>,
    failing: AtomicBool,
    pushed: Notify,
}

impl MemoryQueue {
    /// `clock` says when a delay is over.
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            waiting: Mutex::default(),
            log: Mutex::default(),
            failing: AtomicBool::new(false),
            pushed: Notify::new(),
        }
    }

    /// From now on every call fails, or works again.
    pub fn fail(&self, failing: bool) {
        self.failing.store(failing, Ordering::SeqCst);
    }

    /// Everything ever pushed, in order.
    pub fn pushes(&self) -> Vec<Pushed> {
        self.log.lock().expect("not poisoned").clone()
    }

    /// What no handler has been given yet.
    pub fn waiting(&self) -> Vec<Pushed> {
        self.waiting.lock().expect("not poisoned").clone()
    }

    /// Loses every entry, as a queue may.
    pub fn lose(&self) {
        self.waiting.lock().expect("not poisoned").clear();
    }

    /// Handles entries one by one until none is due, those included that are
    /// pushed meanwhile. Returns how many there were.
    pub async fn drain(&self, handler: &dyn Handler) -> usize {
        let mut entries = 0;
        while let Some(payload) = self.take_due() {
            handler.handle(payload).await;
            entries += 1;
        }
        entries
    }

    fn take_due(&self) -> Option<JobPayload> {
        let now = (self.clock)();
        let mut waiting = self.waiting.lock().expect("not poisoned");
        let urgent = |it: &&(usize, &Pushed)| it.1.priority == Priority::Interactive;
        let due: Vec<(usize, &Pushed)> =
            waiting.iter().enumerate().filter(|(_, it)| it.due <= now).collect();
        let index = due.iter().find(urgent).or(due.first())?.0;
        Some(waiting.remove(index).payload)
    }

    fn check(&self) -> Result<(), QueueError> {
        if self.failing.load(Ordering::SeqCst) { Err(QueueError(told_to_fail())) } else { Ok(()) }
    }
}

#[async_trait]
impl Queue for MemoryQueue {
    async fn push(
        &self,
        payload: JobPayload,
        priority: Priority,
        delay: Duration,
    ) -> Result<(), QueueError> {
        self.check()?;
        let entry = Pushed { payload, priority, delay, due: (self.clock)() + delay };
        self.waiting.lock().expect("not poisoned").push(entry);
        self.log.lock().expect("not poisoned").push(entry);
        self.pushed.notify_one();
        Ok(())
    }

    async fn run(
        &self,
        concurrency: usize,
        handler: Arc<dyn Handler>,
        shutdown: CancellationToken,
    ) -> Result<(), QueueError> {
        self.check()?;
        let mut in_hand = JoinSet::new();
        while !shutdown.is_cancelled() {
            while in_hand.len() < concurrency
                && let Some(payload) = self.take_due()
            {
                let handler = Arc::clone(&handler);
                in_hand.spawn(async move { handler.handle(payload).await });
            }
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = self.pushed.notified() => {}
                () = tokio::time::sleep(LOOK) => {}
                // One that panicked costs its own entry only.
                Some(_) = in_hand.join_next() => {}
            }
        }
        while in_hand.join_next().await.is_some() {}
        Ok(())
    }

    async fn clean(&self) -> Result<(), QueueError> {
        self.check()
    }
}
