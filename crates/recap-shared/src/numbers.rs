//! What is counted, for whoever shows it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use recap_core::job::CacheLevel;
use recap_core::ports::Slot;

/// How this process's part goes. Counts begin with the process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    /// Lookups answered from the memory of this process.
    pub cache_hits_memory: u64,
    /// Lookups answered from Redis.
    pub cache_hits_shared: u64,
    pub cache_misses: u64,
    /// Held in this process, with what keeping them costs.
    pub cache_memory_bytes: u64,
    pub cache_memory_entries: u64,
    /// Values not added to Redis because it was full.
    pub cache_shared_refused: u64,
    /// Whether Redis uses more than `cache.redis_mb` right now.
    pub cache_shared_full: bool,
    /// Whether Redis was configured and does not answer.
    pub redis_away: bool,
    /// News for other processes that was not delivered.
    pub events_dropped: u64,
}

/// Where it is counted.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    hits_memory: AtomicU64,
    hits_shared: AtomicU64,
    misses: AtomicU64,
    refused: AtomicU64,
    pub(crate) full: AtomicBool,
    dropped: AtomicU64,
    /// Of `fetch` and `summarize`, in this order.
    in_use: [AtomicU64; 2],
    waiting: [AtomicU64; 2],
}

/// What the memory of this process holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) bytes: usize,
    pub(crate) entries: usize,
}

impl Counts {
    pub(crate) fn looked_up(&self, found: Option<CacheLevel>) {
        let count = match found {
            Some(CacheLevel::Memory) => &self.hits_memory,
            Some(_) => &self.hits_shared,
            None => &self.misses,
        };
        count.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn refused(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn dropped(&self, news: usize) {
        self.dropped.fetch_add(news as u64, Ordering::Relaxed);
    }

    /// Slots of one kind that this process holds, and waits for.
    pub(crate) fn slots(&self, slot: Slot) -> (u64, u64) {
        let read = |it: &[AtomicU64; 2]| it[slot as usize].load(Ordering::Relaxed);
        (read(&self.in_use), read(&self.waiting))
    }

    pub(crate) fn numbers(&self, near: Size, redis_away: bool) -> Numbers {
        let read = |it: &AtomicU64| it.load(Ordering::Relaxed);
        Numbers {
            cache_hits_memory: read(&self.hits_memory),
            cache_hits_shared: read(&self.hits_shared),
            cache_misses: read(&self.misses),
            cache_memory_bytes: near.bytes as u64,
            cache_memory_entries: near.entries as u64,
            cache_shared_refused: read(&self.refused),
            cache_shared_full: self.full.load(Ordering::Relaxed),
            redis_away,
            events_dropped: read(&self.dropped),
        }
    }
}

/// Counts a slot as in use, or one as waiting for it, until it is dropped.
pub(crate) struct Counted {
    counts: Arc<Counts>,
    slot: Slot,
    waits: bool,
}

impl Counted {
    pub(crate) fn in_use(counts: &Arc<Counts>, slot: Slot) -> Self {
        Self::new(counts, slot, false)
    }

    pub(crate) fn waiting(counts: &Arc<Counts>, slot: Slot) -> Self {
        Self::new(counts, slot, true)
    }

    fn new(counts: &Arc<Counts>, slot: Slot, waits: bool) -> Self {
        let counted = Self { counts: Arc::clone(counts), slot, waits };
        counted.count().fetch_add(1, Ordering::Relaxed);
        counted
    }

    fn count(&self) -> &AtomicU64 {
        let of = if self.waits { &self.counts.waiting } else { &self.counts.in_use };
        &of[self.slot as usize]
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.count().fetch_sub(1, Ordering::Relaxed);
    }
}
