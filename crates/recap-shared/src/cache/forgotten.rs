//! What was forgotten lately, so that work begun before does not bring it back.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard};

use recap_core::ports::{CacheKey, Resource};

/// Forgettings that are remembered. Work begun before the oldest of them counts
/// as work on something that was forgotten.
const MOST: usize = 256;

/// A moment between two forgettings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment(u64);

#[derive(Debug, Default)]
pub(crate) struct Forgotten(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Forgettings so far.
    count: u64,
    /// Everything was forgotten then.
    everything: u64,
    /// Since then others say what they forget.
    heard_since: Option<u64>,
    recent: VecDeque<Entry>,
}

#[derive(Debug)]
struct Entry {
    at: u64,
    resource: Resource,
    id: String,
    /// Only this one, which has another value since; else all versions, for good.
    version: Option<String>,
}

impl Forgotten {
    pub(super) fn now(&self) -> Moment {
        Moment(self.state().count)
    }

    /// All versions are out of date.
    pub(super) fn add(&self, resource: Resource, id: &str) {
        self.push(resource, id, None);
    }

    /// The key has another value on the server.
    pub(super) fn add_replaced(&self, key: &CacheKey) {
        self.push(key.resource, &key.id, Some(key.version.clone()));
    }

    /// Nobody knows what else.
    pub(super) fn add_everything(&self) {
        let mut state = self.state();
        state.count += 1;
        state.everything = state.count;
        state.recent.clear();
    }

    /// What others forget is heard of from now on.
    pub(crate) fn hear(&self) {
        let mut state = self.state();
        state.count += 1;
        state.heard_since = Some(state.count);
    }

    /// Whether a value whose making began at `began` is out of date.
    pub(super) fn is_void(&self, key: &CacheKey, began: Moment) -> bool {
        self.state().any(key, began, |it| it.version.is_none())
    }

    /// Whether a value that was read at `began` may be another by now.
    pub(super) fn is_stale(&self, key: &CacheKey, began: Moment) -> bool {
        let state = self.state();
        let unheard = state.heard_since.is_none_or(|since| began < Moment(since));
        unheard
            || state.any(key, began, |it| it.version.as_ref().is_none_or(|it| *it == key.version))
    }

    fn push(&self, resource: Resource, id: &str, version: Option<String>) {
        let mut state = self.state();
        state.count += 1;
        let entry = Entry { at: state.count, resource, id: id.to_owned(), version };
        state.recent.push_back(entry);
        if state.recent.len() > MOST
            && let Some(oldest) = state.recent.pop_front()
        {
            state.everything = oldest.at;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("not poisoned")
    }
}

impl State {
    fn any(&self, key: &CacheKey, Moment(began): Moment, of: impl Fn(&Entry) -> bool) -> bool {
        let about = |it: &Entry| it.resource == key.resource && it.id == key.id;
        let mut since = self.recent.iter().rev().take_while(|it| it.at > began);
        self.everything > began || since.any(|it| about(it) && of(it))
    }
}

#[cfg(test)]
mod tests {
    use recap_core::ports::{CacheKey, Resource};

    use super::{Forgotten, MOST};

    fn key(id: &str, version: &str) -> CacheKey {
        let (id, version) = (id.to_owned(), version.to_owned());
        CacheKey { resource: Resource::Job, id, version }
    }

    #[test]
    fn only_what_came_after_and_is_about_it_counts() {
        let forgotten = Forgotten::default();
        assert!(forgotten.is_stale(&key("a", "1"), forgotten.now()), "nothing is heard yet");
        let deaf = forgotten.now();
        forgotten.hear();
        assert!(forgotten.is_stale(&key("a", "1"), deaf));
        assert!(!forgotten.is_void(&key("a", "1"), deaf));
        forgotten.add(Resource::Job, "a");
        let began = forgotten.now();
        assert!(!forgotten.is_void(&key("a", "1"), began));
        forgotten.add(Resource::Job, "b");
        forgotten.add(Resource::Summary, "a");
        assert!(!forgotten.is_void(&key("a", "1"), began));
        forgotten.add_replaced(&key("a", "1"));
        assert!(!forgotten.is_void(&key("a", "1"), began));
        assert!(forgotten.is_stale(&key("a", "1"), began));
        assert!(!forgotten.is_stale(&key("a", "2"), began));
        forgotten.add(Resource::Job, "a");
        assert!(forgotten.is_void(&key("a", "2"), began));
        assert!(!forgotten.is_void(&key("a", "2"), forgotten.now()));
    }

    #[test]
    fn what_is_not_remembered_any_more_counts_as_forgotten() {
        let forgotten = Forgotten::default();
        let began = forgotten.now();
        for _ in 0..MOST {
            forgotten.add(Resource::Job, "other");
        }
        assert!(!forgotten.is_void(&key("a", "1"), began));
        forgotten.add(Resource::Job, "other");
        assert!(forgotten.is_void(&key("a", "1"), began));
        let began = forgotten.now();
        forgotten.add_everything();
        assert!(forgotten.is_void(&key("a", "1"), began));
    }
}
