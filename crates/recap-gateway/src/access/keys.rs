//! API keys, looked up and remembered for a moment, so that a client that polls
//! costs the store nothing, and neither does one that guesses.

use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use lru::LruCache;
use recap_core::key::{ApiKey, digest};
use recap_core::ports::StoreError;
use tokio::time::Instant;

use crate::context::Context;

/// Keys that are remembered, in about 1 MB, and as many texts that are none, so
/// that who guesses pushes nobody's key out.
const MOST: NonZeroUsize = NonZeroUsize::new(1000).expect("not zero");

/// How long a key works that cannot be looked up, the store being away.
const WHILE_AWAY: Duration = Duration::from_mins(10);

/// Finds keys by their text.
pub(crate) struct KnownKeys {
    fresh: Duration,
    memory: Mutex<Memory>,
}

/// By digest of the text, which is not kept.
struct Memory {
    right: LruCache<String, (ApiKey, Instant)>,
    wrong: LruCache<String, Instant>,
    /// Raised by forgetting: what was asked before that is not remembered after.
    age: u64,
}

/// What is known of a text without asking.
enum Known {
    Key(ApiKey),
    Nothing,
    /// Has to be asked for; the key if it was right a while ago.
    Ask(Option<ApiKey>),
}

impl KnownKeys {
    pub(super) fn new(fresh: Duration) -> Self {
        let (right, wrong) = (LruCache::new(MOST), LruCache::new(MOST));
        Self { fresh, memory: Mutex::new(Memory { right, wrong, age: 0 }) }
    }

    /// The key that `text` is, if it is one that is known without asking.
    pub(super) fn recall(&self, text: &str) -> Option<ApiKey> {
        match self.known(&digest(text)) {
            Known::Key(key) => Some(key),
            Known::Nothing | Known::Ask(_) => None,
        }
    }

    /// Whether `text` was a key a while ago, and one that would be good at `now`: who
    /// sends it does not guess.
    pub(super) fn was_right(&self, text: &str, now: Timestamp) -> bool {
        matches!(self.known(&digest(text)), Known::Ask(Some(key)) if key.is_valid(now))
    }

    /// The key that `text` is, valid or not.
    ///
    /// # Errors
    ///
    /// When the store cannot be asked, and the key is not remembered either.
    pub(super) async fn find(
        &self,
        cx: &Context,
        text: &str,
    ) -> Result<Option<ApiKey>, StoreError> {
        let Some(prefix) = ApiKey::prefix_of(text) else { return Ok(None) };
        let digest = digest(text);
        let before = match self.known(&digest) {
            Known::Key(key) => return Ok(Some(key)),
            Known::Nothing => return Ok(None),
            Known::Ask(before) => before,
        };
        let age = self.memory().age;
        match cx.ask(cx.state.keys.find_key(prefix)).await {
            Ok(found) => {
                let key = found.filter(|it| it.is(text));
                self.remember(age, digest, key.as_ref());
                Ok(key)
            }
            Err(error) => before.map(Some).ok_or(error),
        }
    }

    /// Nothing is remembered any more: keys were made or revoked.
    pub(super) fn forget(&self) {
        let mut memory = self.memory();
        memory.right.clear();
        memory.wrong.clear();
        memory.age += 1;
    }

    fn known(&self, digest: &str) -> Known {
        let mut memory = self.memory();
        if let Some((key, at)) = memory.right.get(digest) {
            let known = at.elapsed();
            return if known < self.fresh {
                Known::Key(key.clone())
            } else {
                Known::Ask((known < WHILE_AWAY).then(|| key.clone()))
            };
        }
        let wrong = memory.wrong.get(digest).is_some_and(|at| at.elapsed() < self.fresh);
        if wrong { Known::Nothing } else { Known::Ask(None) }
    }

    fn remember(&self, age: u64, digest: String, key: Option<&ApiKey>) {
        let mut memory = self.memory();
        if memory.age != age {
            return;
        }
        if let Some(key) = key {
            memory.wrong.pop(&digest);
            memory.right.put(digest, (key.clone(), Instant::now()));
        } else {
            memory.right.pop(&digest);
            memory.wrong.put(digest, Instant::now());
        }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
