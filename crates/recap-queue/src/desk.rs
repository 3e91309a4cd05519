//! Where entries are taken out and handed in: what apalis calls persistence.
//!
//! Invariant: no call fails. An error of the back end would end the apalis
//! worker, drop the jobs it has in hand, and lose their acknowledgements. Here
//! it means that there is nothing to do for a while, and what could not be
//! handed in is handed in later.

use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use apalis_core::backend::codec::Codec;
use apalis_core::backend::persistence::{Persistence, TaskEvent};
use apalis_core::task::Task;
use apalis_core::task::builder::TaskBuilder;
use apalis_core::task::task_id::TaskId;
use apalis_core::worker::context::WorkerContext;
use recap_core::jobs::JobPayload;
use recap_core::ports::BoxError;

use crate::carrier::Carrier;
use crate::entry::decode;
use crate::trouble::Trouble;
use crate::turns::Turns;

/// Entries that are done but could not be handed in. With so many, no more are
/// taken; it cannot be reached by waiting for a server alone, since without one
/// nothing is taken.
const MOST_UNFINISHED: usize = 1000;

/// One desk per run. Clones are the same desk.
#[derive(Clone)]
pub(crate) struct Desk(Arc<Shared>);

struct Shared {
    carrier: Arc<dyn Carrier>,
    turns: Mutex<Turns>,
    book: Mutex<Book>,
    trouble: Trouble,
    /// Whether the next look will probably find something.
    expects: AtomicBool,
}

/// What was taken out.
#[derive(Default)]
struct Book {
    /// The name it was taken under.
    worker: String,
    held: Vec<String>,
    /// Those of `held` that are done and not yet handed in.
    done: Vec<String>,
}

impl Desk {
    pub(crate) fn new(carrier: Arc<dyn Carrier>, turns: Turns) -> Self {
        let (turns, book) = (Mutex::new(turns), Mutex::default());
        let (trouble, expects) = (Trouble::default(), AtomicBool::default());
        Self(Arc::new(Shared { carrier, turns, book, trouble, expects }))
    }

    /// Something was pushed.
    pub(crate) fn expect(&self) {
        self.0.expects.store(true, Ordering::Relaxed);
    }

    /// Whether something was pushed since the last look began, or that look found
    /// more than it took.
    pub(crate) fn expects(&self) -> bool {
        self.0.expects.load(Ordering::Relaxed)
    }

    /// A sign of life. Also hands in what is left, and sets right what is held.
    pub(crate) async fn beat(&self) {
        let (worker, held) = {
            let book = self.book();
            (book.worker.clone(), book.held.clone())
        };
        let beat = self.0.carrier.beat(&worker, &held).await;
        if self.answered(beat, "saying that a worker lives").is_some() {
            self.hand_in().await;
        }
    }

    /// Hands in what is done, and gives back what is not: for the end.
    pub(crate) async fn close(&self) {
        self.hand_in().await;
        let worker = self.book().worker.clone();
        let left = self.0.carrier.leave(&worker).await;
        self.answered(left, "giving entries back");
    }

    async fn take(&self) -> Option<Task<Option<JobPayload>>> {
        let Shared { carrier, turns, trouble, expects, .. } = &*self.0;
        // Before the look, for what comes meanwhile; and also if there is none now,
        // or a queue that does not answer would be asked again and again.
        let likely = expects.swap(false, Ordering::Relaxed);
        if trouble.is_fresh() {
            return None;
        }
        if trouble.is_there() || self.book().done.len() >= MOST_UNFINISHED {
            // The answer that did not come may have been an entry, and the
            // worker may be known no more.
            self.beat().await;
            if trouble.is_there() || self.book().done.len() >= MOST_UNFINISHED {
                return None;
            }
        }
        let worker = self.book().worker.clone();
        let order = turns.lock().expect("never held over a panic").order();
        let taken = carrier.take(&worker, &order, likely).await;
        let taken = self.answered(taken, "taking an entry")??;
        turns.lock().expect("never held over a panic").took(taken.lane);
        self.book().held.push(taken.id.clone());
        if taken.more {
            self.expect();
        }
        let task = TaskBuilder::new(decode(&taken.stored));
        Some(task.task_id(TaskId::from_string(taken.id)).build())
    }

    async fn hand_in(&self) {
        let (worker, done) = {
            let book = self.book();
            (book.worker.clone(), book.done.clone())
        };
        if done.is_empty() {
            return;
        }
        let finished = self.0.carrier.finish(&worker, &done).await;
        if self.answered(finished, "forgetting finished entries").is_some() {
            let mut book = self.book();
            book.held.retain(|it| !done.contains(it));
            book.done.retain(|it| !done.contains(it));
        }
    }

    fn answered<T>(&self, result: Result<T, BoxError>, doing: &str) -> Option<T> {
        match result {
            Ok(value) => {
                self.0.trouble.end();
                Some(value)
            }
            Err(error) => {
                self.0.trouble.begin(&error, doing);
                None
            }
        }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.book.lock().expect("never held over a panic")
    }
}

impl Persistence for Desk {
    type Compact = Option<JobPayload>;
    type Response = ();
    type Error = Infallible;

    async fn register(&mut self, worker: &WorkerContext) -> Result<(), Infallible> {
        // What a worker of this run held which panicked is not known any more;
        // it is handed out again when its name is taken for dead.
        *self.book() = Book { worker: worker.name().to_owned(), ..Book::default() };
        self.beat().await;
        Ok(())
    }

    async fn heartbeat(&mut self, _: &WorkerContext) -> Result<(), Infallible> {
        self.beat().await;
        Ok(())
    }

    /// One at a time: while fetched entries wait, apalis neither beats nor
    /// acknowledges, and they are handed out a second time.
    async fn fetch_next(
        &mut self,
        _: &WorkerContext,
    ) -> Result<Vec<Task<Option<JobPayload>>>, Infallible> {
        Ok(self.take().await.into_iter().collect())
    }

    async fn reenqueue_abandoned(
        &mut self,
        tasks: Vec<Task<Option<JobPayload>>>,
        _: &WorkerContext,
    ) -> Result<u64, Infallible> {
        // The next beat, or the end, gives back what is not held.
        let abandoned: Vec<String> =
            tasks.iter().filter_map(|it| it.task_id()).map(ToString::to_string).collect();
        self.book().held.retain(|it| !abandoned.contains(it));
        Ok(abandoned.len() as u64)
    }

    async fn handle_events(
        &mut self,
        events: Vec<TaskEvent<()>>,
        _: &WorkerContext,
    ) -> Result<(), Infallible> {
        let done = events.into_iter().filter_map(|it| match it {
            TaskEvent::Complete(result) => Some(result.task_id.to_string()),
            _ => None,
        });
        self.book().done.extend(done);
        self.hand_in().await;
        Ok(())
    }

    async fn push_tasks(&mut self, _: Vec<Task<Option<JobPayload>>>) -> Result<(), Infallible> {
        unreachable!("a source has no sink")
    }
}

/// How the result of a handler is kept: there is none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NoResult;

impl Codec<()> for NoResult {
    type Error = Infallible;
    type Compact = ();

    fn encode(&self, (): &()) -> Result<(), Infallible> {
        Ok(())
    }

    fn decode(&self, (): &()) -> Result<(), Infallible> {
        Ok(())
    }
}
