//! A bounded list of what happened, oldest forgotten first.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Entries kept by each simulator.
pub(crate) const LIMIT: usize = 10_000;

pub(crate) struct Journal<T>(Mutex<Entries<T>>);

struct Entries<T> {
    kept: VecDeque<T>,
    /// How many were pushed before the first that is kept.
    forgotten: usize,
}

/// Where an entry was written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place(usize);

impl<T: Clone> Journal<T> {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(Entries { kept: VecDeque::new(), forgotten: 0 }))
    }

    pub(crate) fn push(&self, entry: T) -> Place {
        let mut entries = locked(&self.0);
        if entries.kept.len() == LIMIT {
            entries.kept.pop_front();
            entries.forgotten += 1;
        }
        entries.kept.push_back(entry);
        Place(entries.forgotten + entries.kept.len() - 1)
    }

    /// Writes more about what is still there.
    pub(crate) fn replace(&self, Place(place): Place, entry: T) {
        let mut entries = locked(&self.0);
        let index = place.checked_sub(entries.forgotten);
        if let Some(old) = index.and_then(|it| entries.kept.get_mut(it)) {
            *old = entry;
        }
    }

    pub(crate) fn list(&self) -> Vec<T> {
        locked(&self.0).kept.iter().cloned().collect()
    }

    pub(crate) fn clear(&self) {
        let mut entries = locked(&self.0);
        entries.forgotten += entries.kept.len();
        entries.kept.clear();
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
        for entry in 0..=LIMIT {
            journal.push(entry);
        }
        let kept = journal.list();
        assert_eq!((kept.len(), kept[0]), (LIMIT, 1));
    }

    #[test]
    fn an_entry_is_replaced_where_it_is_and_never_comes_back() {
        let journal = Journal::new();
        let before = journal.push("before");
        journal.clear();
        let places = ["first", "second"].map(|it| journal.push(it));
        journal.replace(places[1], "changed");
        journal.replace(before, "late");
        assert_eq!(journal.list(), ["first", "changed"]);
    }
}
