//! A queue that keeps what was pushed until it is drained.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use recap_core::job::{Priority, Region};
use recap_core::jobs::Clock;
use recap_core::ports::{Entry, Handler, Pull, Queue, QueueError};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::told_to_fail;

/// How often [`Queue::run`] looks whether a delay is over; only the clock
/// knows, and it does not say when it is turned.
const LOOK: Duration = Duration::from_millis(10);

/// Interactive entries that are taken for each bulk one, while both wait: the
/// default of `queue.interactive_weight`.
const INTERACTIVE_WEIGHT: u32 = 4;

/// An entry as it was pushed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pushed {
    pub entry: Entry,
    pub delay: Duration,
    /// When it may be handled.
    pub due: Timestamp,
}

/// Interactive entries go before bulk ones, save for one in five; older before
/// newer. It does the least that the contract allows: an entry that waits or is
/// in somebody's hands is not taken a second time.
pub struct MemoryQueue {
    clock: Clock,
    state: Mutex<State>,
    log: Mutex<Vec<Pushed>>,
    failing: AtomicBool,
    pushed: Notify,
}

#[derive(Default)]
struct State {
    waiting: Vec<Pushed>,
    in_hand: Vec<Entry>,
    /// Interactive entries in a row that were taken although a bulk one waited.
    streak: u32,
}

impl MemoryQueue {
    /// `clock` says when a delay is over.
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            state: Mutex::default(),
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
        self.state.lock().expect("not poisoned").waiting.clone()
    }

    /// Loses every entry, as a queue may.
    pub fn lose(&self) {
        *self.state.lock().expect("not poisoned") = State::default();
    }

    /// Handles entries of all lanes one by one until none is due, those included
    /// that are pushed meanwhile. Returns how many there were.
    pub async fn drain(&self, handler: &dyn Handler) -> usize {
        let mut entries = 0;
        while let Some(entry) = self.take_due(|_| true) {
            let in_hand = InHand { queue: self, entry };
            handler.handle(in_hand.entry.payload).await;
            entries += 1;
        }
        entries
    }

    fn take_due(&self, wanted: impl Fn(&Region) -> bool) -> Option<Entry> {
        let now = (self.clock)();
        let mut state = self.state.lock().expect("not poisoned");
        let state = &mut *state;
        let first = |priority| {
            let due = |it: &Pushed| {
                let lane = &it.entry.lane;
                let mine = lane.region.as_ref().is_none_or(&wanted);
                it.due <= now && lane.priority == priority && mine
            };
            let begun = |it: &Pushed| it.entry.turn > 0 && it.delay.is_zero();
            let first_begun = state.waiting.iter().position(|it| due(it) && begun(it));
            first_begun.or_else(|| state.waiting.iter().position(due))
        };
        let (index, streak) = match (first(Priority::Interactive), first(Priority::Bulk)) {
            (Some(_), Some(bulk)) if state.streak >= INTERACTIVE_WEIGHT => (bulk, 0),
            (Some(interactive), Some(_)) => (interactive, state.streak + 1),
            (interactive, bulk) => (interactive.or(bulk)?, 0),
        };
        let entry = state.waiting.remove(index).entry;
        state.streak = streak;
        state.in_hand.push(entry.clone());
        Some(entry)
    }

    fn answer(&self) -> Result<(), QueueError> {
        if self.failing.load(Ordering::SeqCst) { Err(QueueError(told_to_fail())) } else { Ok(()) }
    }
}

/// An entry that some handler was given, until it returns or panics.
struct InHand<'a> {
    queue: &'a MemoryQueue,
    entry: Entry,
}

impl Drop for InHand<'_> {
    fn drop(&mut self) {
        let mut state = self.queue.state.lock().expect("not poisoned");
        // None after `lose`.
        if let Some(index) = state.in_hand.iter().position(|it| *it == self.entry) {
            state.in_hand.remove(index);
        }
    }
}

impl State {
    /// What waits for its delay already is due at once now.
    fn bring_forward(&mut self, pushed: &Pushed) {
        let same = |it: &&mut Pushed| it.entry == pushed.entry;
        if let Some(waiting) = self.waiting.iter_mut().find(same) {
            *waiting = pushed.clone();
        }
    }

    fn knows(&self, entry: &Entry) -> bool {
        let same = |it: &Entry| it.payload == entry.payload && it.turn == entry.turn;
        self.waiting.iter().any(|it| same(&it.entry)) || self.in_hand.iter().any(same)
    }
}

#[async_trait]
impl Queue for MemoryQueue {
    async fn push(&self, entries: &[Entry], delay: Duration) -> Result<(), QueueError> {
        self.answer()?;
        let due = (self.clock)() + delay;
        let mut state = self.state.lock().expect("not poisoned");
        for entry in entries {
            let pushed = Pushed { entry: entry.clone(), delay, due };
            if !state.knows(entry) {
                state.waiting.push(pushed.clone());
            } else if delay.is_zero() {
                state.bring_forward(&pushed);
            }
            self.log.lock().expect("not poisoned").push(pushed);
        }
        self.pushed.notify_one();
        Ok(())
    }

    async fn run(&self, mut pull: Pull, handler: Arc<dyn Handler>) -> Result<(), QueueError> {
        self.answer()?;
        let mut in_hand = JoinSet::new();
        let mut entries = Vec::new();
        while !pull.stop.is_cancelled() {
            while !*pull.paused.borrow_and_update()
                && in_hand.len() < pull.concurrency
                && let Some(entry) = self.take_due(|it| pull.regions.contains(it))
            {
                let handler = Arc::clone(&handler);
                let payload = entry.payload;
                let task = in_hand.spawn(async move { handler.handle(payload).await });
                entries.push((task.id(), InHand { queue: self, entry }));
            }
            tokio::select! {
                () = pull.stop.cancelled() => {}
                () = self.pushed.notified() => {}
                () = tokio::time::sleep(LOOK) => {}
                Some(ended) = in_hand.join_next_with_id() => {
                    let id = ended.map_or_else(|error| error.id(), |it| it.0);
                    entries.retain(|it| it.0 != id);
                }
            }
        }
        while in_hand.join_next().await.is_some() {}
        Ok(())
    }

    async fn clean(&self) -> Result<(), QueueError> {
        self.answer()
    }

    async fn check(&self) -> Result<(), QueueError> {
        self.answer()
    }
}
