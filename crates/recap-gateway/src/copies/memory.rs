//! Jobs as the store said a moment ago, so that many polls of one job cost one
//! question.
//!
//! Invariant: what was asked before a change was heard of is not kept after it.
//! [`Memory::forget`] also gives up the question that is under way: its answer
//! goes to those who asked before, and to nobody else.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::future::Future;
use std::io;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use lru::LruCache;
use recap_core::{Job, JobId};
use tokio::sync::OnceCell;

use super::{Found, Pages};

/// Longest time an open job is believed without asking: between processes an
/// event may get lost, and then a poll is late by this much.
const OPEN: Duration = Duration::from_secs(1);

/// The same for an ended job, which only ever is deleted.
pub(super) const ENDED: Duration = Duration::from_secs(10);

/// Most jobs that are kept.
const MOST: NonZeroUsize = NonZeroUsize::new(256).expect("not zero");

/// Most bytes that they may have together, about as many as in JSON.
const MOST_BYTES: usize = 4 << 20;

#[derive(Default)]
pub(super) struct Memory(Mutex<State>);

struct State {
    jobs: LruCache<JobId, Kept>,
    /// Of all jobs together.
    bytes: usize,
    /// Questions under way, for those who ask the same.
    flights: HashMap<JobId, Arc<OnceCell<Found>>>,
}

struct Kept {
    job: Arc<Job>,
    pages: Arc<Pages>,
    /// When the store said so.
    asked_at: Timestamp,
    bytes: usize,
}

impl Default for State {
    fn default() -> Self {
        Self { jobs: LruCache::new(MOST), bytes: 0, flights: HashMap::new() }
    }
}

impl Memory {
    /// The job as it is remembered, or as `ask` says. Of all who miss the same
    /// job at the same time, one asks; if it fails, the next one does.
    pub(super) async fn find_or_ask<E>(
        &self,
        id: JobId,
        now: Timestamp,
        ask: impl Future<Output = Result<Found, E>>,
    ) -> Result<Found, E> {
        let flight = match self.board(id, now) {
            Ok(found) => return Ok(found),
            Err(flight) => flight,
        };
        let found = flight.cell.get_or_try_init(|| async {
            let found = ask.await?;
            flight.land(&found);
            Ok(found)
        });
        found.await.cloned()
    }

    /// The job has changed.
    pub(super) fn forget(&self, id: JobId) {
        let mut state = self.lock();
        state.remove(id);
        state.flights.remove(&id);
    }

    /// Any job may have changed.
    pub(super) fn forget_all(&self) {
        *self.lock() = State::default();
    }

    fn board(&self, id: JobId, now: Timestamp) -> Result<Found, Flight<'_>> {
        let mut state = self.lock();
        if let Some(kept) = state.jobs.get(&id).filter(|it| it.is_fresh(now)) {
            return Ok(kept.found());
        }
        let cell = Arc::clone(state.flights.entry(id).or_default());
        Err(Flight { memory: self, id, asked_at: now, cell })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn found(&self) -> Found {
        let pages = Arc::clone(&self.pages);
        Found { pages, ..Found::now(Arc::clone(&self.job), self.asked_at) }
    }

    fn is_fresh(&self, now: Timestamp) -> bool {
        let ended = self.job.status.is_terminal();
        let until = self.asked_at + if ended { ENDED } else { OPEN };
        let forgotten = ended && self.job.expires_at <= now;
        self.asked_at <= now && now < until && !forgotten
    }
}

impl State {
    /// Keeps what was said at `asked_at`, unless more is known.
    fn keep(&mut self, found: &Found, asked_at: Timestamp) {
        let (job, pages) = (Arc::clone(&found.job), Arc::clone(&found.pages));
        let known = self.jobs.peek(&job.id).map(|it| it.job.revision);
        if known.is_some_and(|it| it > job.revision) {
            return;
        }
        // It may be written out beside it, and its result once more.
        let bytes = size(&job) * if job.result.is_some() { 3 } else { 2 };
        self.remove(job.id);
        self.bytes += bytes;
        if let Some((_, oldest)) = self.jobs.push(job.id, Kept { job, pages, asked_at, bytes }) {
            self.bytes -= oldest.bytes;
        }
        while self.bytes > MOST_BYTES {
            let Some((_, oldest)) = self.jobs.pop_lru() else { return };
            self.bytes -= oldest.bytes;
        }
    }

    fn remove(&mut self, id: JobId) {
        if let Some(kept) = self.jobs.pop(&id) {
            self.bytes -= kept.bytes;
        }
    }
}

/// A question under way, as one of those sees it who wait for its answer.
struct Flight<'a> {
    memory: &'a Memory,
    id: JobId,
    asked_at: Timestamp,
    cell: Arc<OnceCell<Found>>,
}

impl Flight<'_> {
    /// Keeps the answer if nobody has heard of a change meanwhile, and if it is
    /// the store's own.
    fn land(&self, found: &Found) {
        let mut state = self.memory.lock();
        let current = state.flights.get(&self.id).is_some_and(|it| Arc::ptr_eq(it, &self.cell));
        if current {
            state.flights.remove(&self.id);
            if !found.away {
                // A copy may have been read before.
                state.keep(found, self.asked_at.min(found.read_at));
            }
        }
    }
}

/// Nobody waits any more: an error, or a client that hung up.
impl Drop for Flight<'_> {
    fn drop(&mut self) {
        let mut state = self.memory.lock();
        let Entry::Occupied(entry) = state.flights.entry(self.id) else { return };
        let current = Arc::ptr_eq(entry.get(), &self.cell);
        // Given up while nobody else looks: of those who leave at once, the last one
        // finds the map's alone.
        drop(std::mem::take(&mut self.cell));
        if current && Arc::strong_count(entry.get()) == 1 {
            entry.remove();
        }
    }
}

/// What a job takes, as JSON counts it.
fn size(job: &Job) -> usize {
    struct Count(usize);
    impl io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(size_of::<Job>());
    serde_json::to_writer(&mut count, job).expect("a job is plain data");
    count.0
}

#[cfg(test)]
mod tests;
