//! A bounded list of what happened, oldest forgotten first.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Entries kept by each simulator.
pub(crate) const LIMIT: usize = 10_000;

pub(crate) struct Journal<T>(Mutex<VecDeque<T>>);

impl<T: Clone> Journal<T> {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(VecDeque::new()))
    }

    pub(crate) fn push(&self, entry: T) {
        let mut entries = locked(&self.0);
        if entries.len() == LIMIT {
            entries.pop_front();
        }
        entries.push_back(entry);
    }

    pub(crate) fn list(&self) -> Vec<T> {
        locked(&self.0).iter().cloned().collect()
    }

    pub(crate) fn clear(&self) {
        locked(&self.0).clear();
    }
}

/// A panic elsewhere leaves these plain values usable, so poison is ignored.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::{Journal, LIMIT};

    #[test]
    fn the_oldest_entry_is_forgotten_first() {
        let journal = Journal::new();
        (0..=LIMIT).for_each(|it| journal.push(it));
        let kept = journal.list();
        assert_eq!((kept.len(), kept[0]), (LIMIT, 1));
    }
}
