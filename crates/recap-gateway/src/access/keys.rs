//! API keys, looked up and remembered for a moment, so that a client that polls
//! costs the store nothing, and neither does one that guesses.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use lru::LruCache;
use recap_core::key::{ApiKey, digest};
use recap_core::ports::StoreError;
use tokio::time::Instant;

use super::Who;
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

/// A key, and whom its requests come from.
pub(super) struct KnownKey {
    pub(super) key: ApiKey,
    pub(super) who: Arc<Who>,
}

/// By digest of the text, which is not kept.
struct Memory {
    right: LruCache<String, (Arc<KnownKey>, Instant)>,
    wrong: LruCache<String, Instant>,
    /// Raised by forgetting: what was asked before that is not remembered after.
    age: u64,
}

/// What is known of a text without asking.
enum Known {
    Key(Arc<KnownKey>),
    Nothing,
    /// Has to be asked for; the key if it was right a while ago.
    Ask(Option<Arc<KnownKey>>),
}

impl KnownKey {
    fn new(key: ApiKey) -> Arc<Self> {
        let who = Arc::new(Who {
            owner: key.owner.clone(),
            key: Some(key.id),
            scopes: key.scopes.clone(),
            client: key.id.to_string(),
            submits_per_minute: key.submits_per_minute,
            submits_per_day: key.submits_per_day,
        });
        Arc::new(Self { key, who })
    }
}

impl KnownKeys {
    pub(super) fn new(fresh: Duration) -> Self {
        let (right, wrong) = (LruCache::new(MOST), LruCache::new(MOST));
        Self { fresh, memory: Mutex::new(Memory { right, wrong, age: 0 }) }
    }

    /// The key that `text` is, if it is one that is known without asking.
    pub(super) fn recall(&self, text: &str) -> Option<Arc<KnownKey>> {
        ApiKey::prefix_of(text)?;
        match self.known(&digest(text)) {
            Known::Key(key) => Some(key),
            Known::Nothing | Known::Ask(_) => None,
        }
    }

    /// Whether `text` was a key a while ago, and one that would be good at `now`: who
    /// sends it does not guess.
    pub(super) fn was_right(&self, text: &str, now: Timestamp) -> bool {
        matches!(self.known(&digest(text)), Known::Ask(Some(known)) if known.key.is_valid(now))
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
    ) -> Result<Option<Arc<KnownKey>>, StoreError> {
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
                let key = found.filter(|it| it.is(text)).map(KnownKey::new);
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
                Known::Key(Arc::clone(key))
            } else {
                Known::Ask((known < WHILE_AWAY).then(|| Arc::clone(key)))
            };
        }
        let wrong = memory.wrong.get(digest).is_some_and(|at| at.elapsed() < self.fresh);
        if wrong { Known::Nothing } else { Known::Ask(None) }
    }

    fn remember(&self, age: u64, digest: String, key: Option<&Arc<KnownKey>>) {
        let mut memory = self.memory();
        if memory.age != age {
            return;
        }
        if let Some(key) = key {
            memory.wrong.pop(&digest);
            memory.right.put(digest, (Arc::clone(key), Instant::now()));
        } else {
            memory.right.pop(&digest);
            memory.wrong.put(digest, Instant::now());
        }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
