//! How many open jobs an owner had a moment ago, so that who submits a lot does not
//! have all of them counted each time.

use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};
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
    counts: Mutex<LruCache<Owner, Count>>,
}

/// What the store said, and what has been added to it since.
struct Count {
    at: Timestamp,
    open: u64,
    taken: u64,
    /// All that was ever taken.
    ever: u64,
}

/// Where a count began: what is taken while it goes on is not in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Begun {
    ever: u64,
}

impl Default for Own {
    fn default() -> Self {
        Self { counts: Mutex::new(LruCache::new(MOST)) }
    }
}

impl Own {
    /// Takes `wanted` places if that is surely within `limit`; else the store has to
    /// count. Never more than an eighth of the room that a count found: other
    /// processes go by theirs.
    pub(super) fn take(
        &self,
        owner: &Owner,
        wanted: u64,
        limit: u64,
        now: Timestamp,
    ) -> Result<(), Begun> {
        let mut counts = self.counts();
        let Some(count) = counts.get_mut(owner) else { return Err(Begun { ever: 0 }) };
        let fresh = count.at <= now && now < count.at + FRESH;
        let share = limit.saturating_sub(count.open) / 8;
        if !fresh || count.taken.saturating_add(wanted) > share {
            return Err(Begun { ever: count.ever });
        }
        count.taken += wanted;
        count.ever += wanted;
        Ok(())
    }

    /// The store has counted `open` jobs of `owner`, of which `taken` more are made.
    pub(super) fn counted(
        &self,
        begun: Begun,
        owner: &Owner,
        open: u64,
        taken: u64,
        now: Timestamp,
    ) {
        let mut counts = self.counts();
        let ever = counts.peek(owner).map_or(0, |it| it.ever);
        let (taken, ever) = (ever.saturating_sub(begun.ever) + taken, ever + taken);
        counts.put(owner.clone(), Count { at: now, open, taken, ever });
    }

    fn counts(&self) -> MutexGuard<'_, LruCache<Owner, Count>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_used_for_a_moment_and_for_an_eighth_of_the_room() {
        let (own, owner, now) = (Own::default(), Owner::default(), Timestamp::UNIX_EPOCH);
        let begun = own.take(&owner, 1, 100, now).unwrap_err();
        own.counted(begun, &owner, 20, 1, now);
        let taken = (0..100).filter(|_| own.take(&owner, 1, 100, now).is_ok()).count();
        assert_eq!(taken, 9);
        let begun = own.take(&owner, 1, 100, now).unwrap_err();
        own.counted(begun, &owner, 20, 1, now);
        assert!(own.take(&owner, 9, 100, now).is_ok());
        assert!(own.take(&owner, 1, 100, now + FRESH).is_err());
        assert!(own.take(&Owner::new("another"), 1, 100, now).is_err());
        // By another limit there is more room, or none.
        assert!(own.take(&owner, 9, 200, now).is_ok());
        assert!(own.take(&owner, 1, 20, now).is_err());
    }

    #[test]
    fn who_is_near_the_limit_is_counted_each_time() {
        let (own, owner, now) = (Own::default(), Owner::default(), Timestamp::UNIX_EPOCH);
        for open in [93, 100, 200] {
            own.counted(Begun { ever: 0 }, &owner, open, 1, now);
            assert!(own.take(&owner, 1, 100, now).is_err(), "{open}");
        }
    }

    #[test]
    fn what_is_taken_while_the_store_counts_is_not_forgotten() {
        let (own, owner, now) = (Own::default(), Owner::default(), Timestamp::UNIX_EPOCH);
        own.counted(Begun { ever: 0 }, &owner, 20, 0, now);
        let begun = own.take(&owner, 11, 100, now).unwrap_err();
        assert!(own.take(&owner, 6, 100, now).is_ok());
        own.counted(begun, &owner, 20, 1, now);
        assert!(own.take(&owner, 4, 100, now).is_err());
        assert!(own.take(&owner, 3, 100, now).is_ok());
    }
}
