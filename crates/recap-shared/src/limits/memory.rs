//! Budgets of one process.

use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use lru::LruCache;
use recap_core::jobs::Clock;
use recap_core::ports::{Limits, Rate};
use tokio::time::Instant;

use super::cell::{self, Pace};

/// Budgets that are remembered. The one that was not asked for longest is
/// forgotten first, and begins with a full burst again.
const MOST: NonZeroUsize = NonZeroUsize::new(10_000).expect("not zero");

pub(crate) struct MemoryLimits {
    /// What `due` is counted from: the wall clock may jump.
    began: Instant,
    clock: Clock,
    budgets: Mutex<Budgets>,
}

struct Budgets {
    /// In µs since `began`.
    due: LruCache<String, u64>,
    exhausted: LruCache<String, Timestamp>,
}

impl MemoryLimits {
    /// `clock` says whether a budget that is used up still is.
    pub(crate) fn new(clock: Clock) -> Self {
        let budgets = Budgets { due: LruCache::new(MOST), exhausted: LruCache::new(MOST) };
        Self { began: Instant::now(), clock, budgets: Mutex::new(budgets) }
    }

    /// As [`Limits::take`].
    pub(super) fn take_one(&self, key: &str, rate: Rate) -> Result<(), Duration> {
        let now = (self.clock)();
        if let Some(until) = self.until(key, now) {
            return Err(until.duration_since(now).unsigned_abs());
        }
        let now = u64::try_from(self.began.elapsed().as_micros()).expect("584,000 years");
        let mut budgets = self.budgets();
        let due = budgets.due.get(key).copied().unwrap_or_default();
        let next = cell::take(due, now, Pace::from(rate))?;
        budgets.due.put(key.to_owned(), next);
        Ok(())
    }

    /// As [`Limits::exhaust`].
    pub(super) fn use_up(&self, key: &str, until: Timestamp) {
        let mut budgets = self.budgets();
        let before = budgets.exhausted.get(key).copied().unwrap_or(Timestamp::MIN);
        budgets.exhausted.put(key.to_owned(), until.max(before));
    }

    /// As [`Limits::exhausted`].
    pub(super) fn until(&self, key: &str, now: Timestamp) -> Option<Timestamp> {
        let mut budgets = self.budgets();
        budgets.exhausted.get(key).copied().filter(|it| *it > now)
    }

    fn budgets(&self) -> MutexGuard<'_, Budgets> {
        self.budgets.lock().expect("not poisoned")
    }
}

#[async_trait]
impl Limits for MemoryLimits {
    async fn take(&self, key: &str, rate: Rate) -> Result<(), Duration> {
        self.take_one(key, rate)
    }

    async fn exhaust(&self, key: &str, until: Timestamp) {
        self.use_up(key, until);
    }

    async fn exhausted(&self, key: &str, now: Timestamp) -> Option<Timestamp> {
        self.until(key, now)
    }
}
