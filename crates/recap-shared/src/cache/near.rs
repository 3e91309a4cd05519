//! The first level: what was asked for lately, in the memory of the process.

use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use lru::LruCache;
use recap_core::job::CacheLevel;
use recap_core::jobs::Clock;
use recap_core::ports::{CacheKey, Cached, Resource};

use super::flights::Flights;
use super::forgotten::{Forgotten, Moment};
use super::{Rules, parse};
use crate::numbers::Size;

/// What an entry costs besides the bytes of its key and value, in bytes: the node
/// of the list (120 where pointers have 64 bits), its place in the map (17, at a
/// load of 7/16 to 7/8), and what the allocator adds to four allocations. By the
/// sizes of the types, and rounded up; not measured.
const OVERHEAD: usize = 256;

/// The memory of this process, and what its makers and readers need to agree.
pub(crate) struct Near {
    pub(super) rules: Rules,
    clock: Clock,
    entries: Mutex<Entries>,
    pub(crate) forgotten: Forgotten,
    pub(crate) flights: Flights,
}

struct Entries {
    values: LruCache<CacheKey, Entry>,
    /// Of all entries, with what keeping them costs.
    bytes: usize,
    budget: usize,
}

struct Entry {
    value: Bytes,
    put_at: Timestamp,
}

impl Near {
    pub(crate) fn new(rules: Rules, clock: Clock) -> Self {
        let budget = rules.memory;
        let entries = Entries { values: LruCache::unbounded(), bytes: 0, budget };
        let entries = Mutex::new(entries);
        let (forgotten, flights) = (Forgotten::default(), Flights::default());
        Self { rules, clock, entries, forgotten, flights }
    }

    pub(super) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// How old a value is that was put at `put_at`, unless its time is over. One
    /// from the future, by a clock that goes differently, was put just now.
    pub(super) fn age(&self, key: &CacheKey, put_at: Timestamp) -> Option<Duration> {
        let age = self.now().duration_since(put_at).try_into().unwrap_or_default();
        (age < self.rules.time_to_live(key.resource)).then_some(age)
    }

    pub(super) fn get(&self, key: &CacheKey) -> Option<Cached> {
        let mut entries = self.entries();
        let entry = entries.values.get(key)?;
        let Some(age) = self.age(key, entry.put_at) else {
            entries.remove(key);
            return None;
        };
        Some(Cached { value: entry.value.clone(), level: CacheLevel::Memory, age })
    }

    /// Keeps a value unless it was forgotten since `began`. Returns whether it
    /// may be kept elsewhere, too.
    pub(super) fn put(&self, key: &CacheKey, value: &Bytes, began: Moment) -> bool {
        if value.len() > self.rules.max_value || self.forgotten.is_void(key, began) {
            return false;
        }
        self.entries().put(key, value, self.now());
        true
    }

    /// Keeps what was read from the server at `began`, unless it may have
    /// changed since.
    pub(super) fn fill(&self, key: &CacheKey, value: &Bytes, put_at: Timestamp, began: Moment) {
        self.entries().put(key, value, put_at);
        // Not before it is kept: else it might change between the two.
        if self.forgotten.is_stale(key, began) {
            self.remove(key);
        }
    }

    pub(super) fn remove(&self, key: &CacheKey) {
        self.entries().remove(key);
    }

    /// All versions, also those that are being made.
    pub(crate) fn forget(&self, resource: Resource, id: &str) {
        self.forgotten.add(resource, id);
        self.entries().remove_all(|it| it.resource == resource && it.id == id);
    }

    /// News may have been missed.
    pub(crate) fn forget_all(&self) {
        self.forgotten.add_everything();
        self.entries().remove_all(|_| true);
    }

    /// Another process has put another value of `key`, as it is written.
    pub(crate) fn replaced(&self, key: &str) {
        if let Some(key) = parse(key) {
            self.forgotten.add_replaced(&key);
            self.remove(&key);
        }
    }

    pub(crate) fn set_budget(&self, bytes: usize) {
        let mut entries = self.entries();
        entries.budget = bytes;
        entries.fit();
    }

    pub(crate) fn size(&self) -> Size {
        let entries = self.entries();
        Size { bytes: entries.bytes, entries: entries.values.len() }
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().expect("not poisoned")
    }
}

impl Entries {
    fn put(&mut self, key: &CacheKey, value: &Bytes, put_at: Timestamp) {
        self.remove(key);
        let cost = cost(key, value);
        if cost > self.budget {
            return;
        }
        // A copy, because the value may be a small part of something large.
        let value = Bytes::copy_from_slice(value);
        self.bytes += cost;
        self.values.put(key.clone(), Entry { value, put_at });
        self.fit();
    }

    fn remove(&mut self, key: &CacheKey) {
        if let Some(entry) = self.values.pop(key) {
            self.bytes -= cost(key, &entry.value);
        }
    }

    fn remove_all(&mut self, which: impl Fn(&CacheKey) -> bool) {
        let gone: Vec<CacheKey> =
            self.values.iter().map(|(key, _)| key).filter(|it| which(it)).cloned().collect();
        for key in &gone {
            self.remove(key);
        }
    }

    /// What was not asked for longest goes first.
    fn fit(&mut self) {
        while self.bytes > self.budget
            && let Some((key, entry)) = self.values.pop_lru()
        {
            self.bytes -= cost(&key, &entry.value);
        }
    }
}

/// In bytes.
fn cost(key: &CacheKey, value: &Bytes) -> usize {
    OVERHEAD + key.id.len() + key.version.len() + value.len()
}

#[cfg(test)]
mod tests;
