//! Budgets of one process.

use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use lru::LruCache;
use recap_core::jobs::Clock;
use recap_core::ports::{Budget, Level, Limits, Verdict};
use tokio::time::Instant;

use super::cell::{self, Cell};

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

    /// As [`Limits::take_all`].
    pub(super) fn take_each(&self, asked: &[Budget]) -> Verdict {
        let mut budgets = self.budgets();
        let now = self.now();
        let mut cells = budgets.cells(asked, (self.clock)());
        let granted = cell::take_all(&mut cells, now);
        for (budget, cell) in asked.iter().zip(&cells).filter(|_| granted) {
            budgets.due.put(budget.key.clone(), cell.due);
        }
        Verdict { granted, levels: cells.into_iter().map(|it| it.level(now)).collect() }
    }

    /// As [`Limits::look`].
    pub(super) fn levels(&self, asked: &[Budget]) -> Vec<Level> {
        let now = self.now();
        let cells = self.budgets().cells(asked, (self.clock)());
        cells.into_iter().map(|it| it.level(now)).collect()
    }

    /// As [`Limits::exhaust`].
    pub(super) fn use_up(&self, key: &str, until: Timestamp) {
        let mut budgets = self.budgets();
        let before = budgets.exhausted.get(key).copied().unwrap_or(Timestamp::MIN);
        budgets.exhausted.put(key.to_owned(), until.max(before));
    }

    /// As [`Limits::exhausted`].
    pub(super) fn until(&self, key: &str, now: Timestamp) -> Option<Timestamp> {
        self.budgets().until(key, now)
    }

    fn now(&self) -> u64 {
        micros(self.began.elapsed())
    }

    fn budgets(&self) -> MutexGuard<'_, Budgets> {
        self.budgets.lock().expect("not poisoned")
    }
}

impl Budgets {
    fn cells(&mut self, asked: &[Budget], now: Timestamp) -> Vec<Cell> {
        let mut cell = |budget: &Budget| {
            let until = self.until(&budget.key, now);
            Cell {
                pace: budget.rate.into(),
                due: self.due.get(&budget.key).copied().unwrap_or_default(),
                shut: until.map_or(0, |it| micros(it.duration_since(now).unsigned_abs())),
            }
        };
        asked.iter().map(&mut cell).collect()
    }

    fn until(&mut self, key: &str, now: Timestamp) -> Option<Timestamp> {
        self.exhausted.get(key).copied().filter(|it| *it > now)
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).expect("584,000 years")
}

#[async_trait]
impl Limits for MemoryLimits {
    async fn take_all(&self, budgets: &[Budget]) -> Verdict {
        self.take_each(budgets)
    }

    async fn look(&self, budgets: &[Budget]) -> Vec<Level> {
        self.levels(budgets)
    }

    async fn exhaust(&self, key: &str, until: Timestamp) {
        self.use_up(key, until);
    }

    async fn exhausted(&self, key: &str, now: Timestamp) -> Option<Timestamp> {
        self.until(key, now)
    }
}
