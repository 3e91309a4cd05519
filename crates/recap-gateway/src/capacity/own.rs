//! How many open jobs an owner had a moment ago, so that who submits a lot does not
//! have all of them counted each time.

use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use lru::LruCache;
use recap_core::job::Owner;

/// How long a count is used before the store is asked again.
const FRESH: Duration = Duration::from_secs(1);

/// Owners that are remembered, in about 100 kB.
const MOST: NonZeroUsize = NonZeroUsize::new(1000).expect("not zero");

/// Counts of owners who are far from their limit.
pub(super) struct Own {
    limit: u64,
    counts: Mutex<LruCache<Owner, Count>>,
}

/// What the store said, and what has been added to it since.
struct Count {
    at: Timestamp,
    open: u64,
    taken: u64,
}

impl Own {
    pub(super) fn new(limit: u64) -> Self {
        Self { limit, counts: Mutex::new(LruCache::new(MOST)) }
    }

    /// Takes `wanted` places if that is surely within the limit. Never more than an
    /// eighth of the room that a count found: other processes go by theirs.
    pub(super) fn take(&self, owner: &Owner, wanted: u64, now: Timestamp) -> bool {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(count) = counts.get_mut(owner) else { return false };
        let fresh = count.at <= now && now < count.at + FRESH;
        let share = self.limit.saturating_sub(count.open) / 8;
        if !fresh || count.taken + wanted > share {
            return false;
        }
        count.taken += wanted;
        true
    }

    /// The store has said that `owner` has `open` jobs, of which `taken` more are made.
    pub(super) fn counted(&self, owner: &Owner, open: u64, taken: u64, now: Timestamp) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.put(owner.clone(), Count { at: now, open, taken });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_used_for_a_moment_and_for_an_eighth_of_the_room() {
        let (own, owner, now) = (Own::new(100), Owner::default(), Timestamp::UNIX_EPOCH);
        assert!(!own.take(&owner, 1, now));
        own.counted(&owner, 20, 1, now);
        let taken = (0..100).filter(|_| own.take(&owner, 1, now)).count();
        assert_eq!(taken, 9);
        own.counted(&owner, 20, 1, now);
        assert!(own.take(&owner, 9, now));
        assert!(!own.take(&owner, 1, now + FRESH));
        assert!(!own.take(&Owner::new("another"), 1, now));
    }

    #[test]
    fn who_is_near_the_limit_is_counted_each_time() {
        let (own, owner, now) = (Own::new(100), Owner::default(), Timestamp::UNIX_EPOCH);
        for open in [93, 100, 200] {
            own.counted(&owner, open, 1, now);
            assert!(!own.take(&owner, 1, now), "{open}");
        }
    }
}
