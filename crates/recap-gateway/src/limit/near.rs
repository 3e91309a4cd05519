//! Budgets of this process alone: for what is asked so often that asking others
//! about it would cost more than the thing itself.

use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lru::LruCache;
use recap_core::ports::{Level, Rate};
use tokio::time::Instant;

/// Budgets that are remembered, in about 1 MB. The one that was not asked for
/// longest is forgotten first, and begins full again.
const MOST: NonZeroUsize = NonZeroUsize::new(10_000).expect("not zero");

/// The generic cell rate algorithm, as `ports::Limits` has it, in memory.
pub(crate) struct Near {
    /// When the next of a budget is due if all come evenly.
    due: Mutex<LruCache<String, Instant>>,
}

impl Near {
    pub(crate) fn new() -> Self {
        Self { due: Mutex::new(LruCache::new(MOST)) }
    }

    /// Takes one from the budget `key` if it has one, and says whether it had, and how
    /// it is now.
    pub(crate) fn take(&self, key: &str, rate: Rate) -> (bool, Level) {
        let now = Instant::now();
        let mut all = self.due();
        let known = all.get_mut(key);
        let due = known.as_deref().copied().unwrap_or(now).max(now);
        let before = level(due, now, rate);
        if before.left == 0 {
            return (false, before);
        }
        let next = due + step(rate);
        match known {
            Some(due) => *due = next,
            None => drop(all.put(key.to_owned(), next)),
        }
        (true, level(next, now, rate))
    }

    /// How the budget `key` is; takes nothing.
    pub(crate) fn look(&self, key: &str, rate: Rate) -> Level {
        let now = Instant::now();
        let due = self.due().peek(key).copied().unwrap_or(now).max(now);
        level(due, now, rate)
    }

    fn due(&self) -> MutexGuard<'_, LruCache<String, Instant>> {
        self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// From one to the next when all come evenly.
fn step(rate: Rate) -> Duration {
    (rate.per / rate.count.max(1)).max(Duration::from_micros(1))
}

fn level(due: Instant, now: Instant, rate: Rate) -> Level {
    let step = step(rate);
    let full_in = due - now;
    let whole = step * rate.count.max(1);
    let room = whole.saturating_sub(full_in);
    let left = u32::try_from(room.as_nanos() / step.as_nanos()).unwrap_or(u32::MAX);
    let wait = if left == 0 { (full_in + step).saturating_sub(whole) } else { Duration::ZERO };
    Level { left, full_in, wait }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { count: 3, per: Duration::from_secs(30) };

    #[tokio::test(start_paused = true)]
    async fn a_burst_and_then_evenly() {
        let near = Near::new();
        for left in [2, 1, 0] {
            let (taken, level) = near.take("a", RATE);
            assert_eq!((taken, level.left), (true, left));
        }
        let seconds = Duration::from_secs;
        let empty = Level { left: 0, full_in: seconds(30), wait: seconds(10) };
        assert_eq!(near.take("a", RATE), (false, empty));
        assert_eq!(near.look("a", RATE), empty);
        tokio::time::advance(seconds(10)).await;
        assert!(near.take("a", RATE).0);
        assert!(!near.take("a", RATE).0);
        tokio::time::advance(seconds(3600)).await;
        assert_eq!(near.look("a", RATE), Level { left: 3, full_in: seconds(0), wait: seconds(0) });
    }

    #[tokio::test(start_paused = true)]
    async fn each_name_has_its_own() {
        let near = Near::new();
        while near.take("a", RATE).0 {}
        assert!(near.take("b", RATE).0);
    }
}
