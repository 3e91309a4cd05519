//! When keys were last used: noted at most every few minutes, off the way of the
//! request.

use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use lru::LruCache;
use recap_core::key::{ApiKey, KeyId};
use tokio::sync::mpsc;

/// Keys whose use is remembered.
const MOST: NonZeroUsize = NonZeroUsize::new(1000).expect("not zero");

/// Uses that wait to be noted; further ones are noted when they come again.
const WAITING: usize = 64;

/// A key, and when it was used.
pub(super) type Use = (KeyId, Timestamp);

/// Remembers what was noted, and hands on what is to be.
pub(crate) struct Uses {
    noted: Mutex<LruCache<KeyId, Timestamp>>,
    sender: mpsc::Sender<Use>,
    /// Taken by the one who notes them.
    receiver: Mutex<Option<mpsc::Receiver<Use>>>,
}

impl Uses {
    pub(super) fn new() -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        let noted = Mutex::new(LruCache::new(MOST));
        Self { noted, sender, receiver: Mutex::new(Some(receiver)) }
    }

    /// `key` is used at `now`. Costs nothing if that was noted a moment ago.
    pub(super) fn note(&self, key: &ApiKey, now: Timestamp) {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        let last = noted.get(&key.id).copied().max(key.last_used_at);
        let due = last.is_none_or(|it| now.duration_since(it).unsigned_abs() >= EVERY);
        if due && self.sender.try_send((key.id, now)).is_ok() {
            noted.put(key.id, now);
        }
    }

    /// What is to be noted; `None` the second time.
    pub(super) fn receiver(&self) -> Option<mpsc::Receiver<Use>> {
        self.receiver.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

const EVERY: std::time::Duration = ApiKey::USE_NOTED_EVERY;
