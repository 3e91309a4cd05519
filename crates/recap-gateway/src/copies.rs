//! Copies of jobs: shown while the store is away, and for a moment instead of asking
//! it again.
//!
//! Invariant: the copy of an open job never takes the place of that of an ended
//! one. They have keys of their own, and the ended one is looked for first, so
//! this holds whichever process writes last.

mod memory;
mod pages;

use std::future::Future;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use lru::LruCache;
use recap_core::ports::{Cache, CacheKey, Resource};
use recap_core::{Job, JobId};
use tokio::time::timeout;

use self::memory::Memory;
pub(crate) use self::pages::Pages;

/// Versions of the keys; to be changed with the form of the document.
const OPEN: &str = "1-open";
const ENDED: &str = "1-ended";

/// How long the cache may take: it is there to save time.
const PATIENCE: Duration = Duration::from_millis(500);

/// Jobs that a process remembers having kept, in about 400 kB.
const SEEN: NonZeroUsize = NonZeroUsize::new(4096).expect("not zero");

/// A job, and how sure we are of it.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) job: Arc<Job>,
    /// What has been written of it.
    pub(crate) pages: Arc<Pages>,
    /// When the store said so.
    pub(crate) read_at: Timestamp,
    /// The store could not be asked; it may know better by now.
    pub(crate) away: bool,
}

impl Found {
    /// What the store says.
    pub(crate) fn now(job: impl Into<Arc<Job>>, read_at: Timestamp) -> Self {
        Self { job: job.into(), pages: Arc::default(), read_at, away: false }
    }

    /// When it was known, if it may have changed since.
    pub(crate) fn known_at(&self) -> Option<Timestamp> {
        self.away.then_some(self.read_at)
    }
}

/// Keeps jobs in the cache and finds them there.
pub(crate) struct Copies {
    cache: Arc<dyn Cache>,
    /// After that long, a copy that has not changed is kept anew.
    renew: Duration,
    seen: Mutex<LruCache<JobId, Seen>>,
    memory: Memory,
}

/// What is known of a job that was kept.
#[derive(Clone, Copy)]
struct Seen {
    revision: u64,
    ended: bool,
    put_at: Timestamp,
    read_at: Timestamp,
}

impl Seen {
    /// Newer than anything: whoever read the job before keeps no copy after.
    const DELETED: Self =
        Self { revision: u64::MAX, ended: false, put_at: Timestamp::MIN, read_at: Timestamp::MIN };

    /// Whether the store said a moment ago that the job has ended.
    fn is_surely_ended(&self, now: Timestamp) -> bool {
        self.ended && self.read_at <= now && now < self.read_at + memory::ENDED
    }

    /// The job may have been deleted.
    fn doubt(&mut self) {
        if self.ended {
            self.read_at = Timestamp::MIN;
        }
    }
}

impl Copies {
    /// `lifetime` is how long the cache keeps a job.
    pub(crate) fn new(cache: Arc<dyn Cache>, lifetime: Duration) -> Self {
        Self {
            cache,
            renew: lifetime / 2,
            seen: Mutex::new(LruCache::new(SEEN)),
            memory: Memory::default(),
        }
    }

    /// The job as this process remembers it, which is never older than a second
    /// if it is open, or else as `ask` says.
    pub(crate) async fn recall<E>(
        &self,
        id: JobId,
        now: Timestamp,
        ask: impl Future<Output = Result<Found, E>>,
    ) -> Result<Found, E> {
        self.memory.find_or_ask(id, now, ask).await
    }

    /// The job has changed, or, without an id, any job may have.
    pub(crate) fn has_changed(&self, id: Option<JobId>) {
        let mut seen = self.lock();
        if let Some(id) = id {
            self.memory.forget(id);
            if let Some(it) = seen.peek_mut(&id) {
                it.doubt();
            }
        } else {
            self.memory.forget_all();
            seen.iter_mut().for_each(|(_, it)| it.doubt());
        }
    }

    /// Forgets the job here, and its copies in all processes: it was deleted.
    pub(crate) async fn forget(&self, id: JobId) {
        self.memory.forget(id);
        self.lock().put(id, Seen::DELETED);
        let name = id.to_string();
        let gone = self.cache.invalidate(Resource::Job, &name);
        // An error leaves a copy that is soon not looked for while the store answers.
        let _ = timeout(PATIENCE, gone).await;
    }

    /// Keeps `job`, as the store had it at `now`, unless its copy says as much.
    pub(crate) async fn keep(&self, job: &Job, now: Timestamp) {
        if !self.is_news(job, now) {
            return;
        }
        let version = if job.status.is_terminal() { ENDED } else { OPEN };
        let value = serde_json::to_vec(job).expect("a job is plain data");
        // An error means that there is no copy, which is never needed.
        let _ = timeout(PATIENCE, self.cache.put(&key(job.id, version), value.into())).await;
    }

    /// A job that had ended when this process read it a moment ago: all that may have
    /// become of it is that it was deleted.
    pub(crate) async fn find_ended(&self, id: JobId, now: Timestamp) -> Option<Found> {
        self.seen(id).filter(|it| it.is_surely_ended(now))?;
        let copy = self.copy(id, ENDED, now).await?;
        Some(Found { away: false, ..copy })
    }

    /// The job as it was last known.
    pub(crate) async fn find_latest(&self, id: JobId, now: Timestamp) -> Option<Found> {
        match self.copy(id, ENDED, now).await {
            Some(copy) => Some(copy),
            None => self.copy(id, OPEN, now).await,
        }
    }

    async fn copy(&self, id: JobId, version: &str, now: Timestamp) -> Option<Found> {
        let cached = timeout(PATIENCE, self.cache.get(&key(id, version))).await.ok()??;
        let job: Arc<Job> = Arc::new(serde_json::from_slice(&cached.value).ok()?);
        let forgotten = job.status.is_terminal() && job.expires_at <= now;
        if job.id != id || forgotten {
            return None;
        }
        let seen = self.seen(id).filter(|it| it.revision == job.revision);
        let put_at = now.checked_sub(cached.age).unwrap_or(now);
        let read_at = seen.map_or(put_at, |it| it.read_at.max(put_at));
        Some(Found { away: true, ..Found::now(job, read_at) })
    }

    /// Whether the copy of `job` has to be written, and remembers that it was.
    fn is_news(&self, job: &Job, now: Timestamp) -> bool {
        let (revision, ended) = (job.revision, job.status.is_terminal());
        let mut seen = self.lock();
        if let Some(seen) = seen.get_mut(&job.id) {
            if revision < seen.revision || (seen.ended && !ended) {
                return false;
            }
            if revision == seen.revision {
                seen.read_at = now;
                if now.duration_since(seen.put_at).unsigned_abs() < self.renew {
                    return false;
                }
            }
        }
        seen.put(job.id, Seen { revision, ended, put_at: now, read_at: now });
        true
    }

    fn seen(&self, id: JobId) -> Option<Seen> {
        self.lock().get(&id).copied()
    }

    fn lock(&self) -> MutexGuard<'_, LruCache<JobId, Seen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(id: JobId, version: &str) -> CacheKey {
    CacheKey { resource: Resource::Job, id: id.to_string(), version: version.to_owned() }
}
