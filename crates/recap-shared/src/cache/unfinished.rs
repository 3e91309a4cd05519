//! Invalidations that the server has not heard of yet: it was away, or whoever
//! asked went away in the middle.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use recap_core::ports::Resource;
use tokio::sync::Notify;
use tokio_util::task::AbortOnDropHandle;
use tracing::warn;

use super::far::Far;

/// Invalidations that may wait. What comes on top of it stays on the server for
/// its time to live.
const MOST: usize = 1024;

/// How often the server is told again.
const AGAIN: Duration = Duration::from_millis(500);

type Name = (Resource, String);

#[derive(Default)]
pub(super) struct Unfinished {
    state: Mutex<State>,
    left: Notify,
}

#[derive(Default)]
struct State {
    /// With the number of the last invalidation: one that ends does not end a
    /// later one of the same name.
    names: HashMap<Name, u64>,
    count: u64,
}

/// An invalidation that goes on; unless it says that it is done, it is left to
/// [`Unfinished::finish`].
pub(super) struct Begun<'a> {
    unfinished: &'a Unfinished,
    name: Name,
    number: u64,
}

impl Unfinished {
    pub(super) fn begin(&self, resource: Resource, id: &str) -> Begun<'_> {
        let name = (resource, id.to_owned());
        let mut state = self.state();
        state.count += 1;
        let number = state.count;
        if state.names.len() < MOST || state.names.contains_key(&name) {
            state.names.insert(name.clone(), number);
        } else {
            warn!(resource = %resource, "too many invalidations wait for Redis; one is not kept");
        }
        Begun { unfinished: self, name, number }
    }

    /// Whether what the server has of it is out of date.
    pub(super) fn concerns(&self, resource: Resource, id: &str) -> bool {
        let state = self.state();
        !state.names.is_empty() && state.names.contains_key(&(resource, id.to_owned()))
    }

    /// Makes up for what was left. Ends when the handle is dropped.
    pub(super) fn finish(self: Arc<Self>, far: Arc<Far>) -> AbortOnDropHandle<()> {
        #[expect(clippy::disallowed_methods, reason = "aborted when the cache is dropped")]
        let task = tokio::spawn(async move {
            loop {
                self.left.notified().await;
                while let Some((name, number)) = self.any() {
                    match far.erase(name.0, &name.1).await {
                        Some(()) => self.end(&name, number),
                        None => tokio::time::sleep(AGAIN).await,
                    }
                }
            }
        });
        AbortOnDropHandle::new(task)
    }

    fn any(&self) -> Option<(Name, u64)> {
        let state = self.state();
        let (name, number) = state.names.iter().next()?;
        Some((name.clone(), *number))
    }

    fn end(&self, name: &Name, number: u64) {
        let mut state = self.state();
        if state.names.get(name) == Some(&number) {
            state.names.remove(name);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("not poisoned")
    }
}

impl Begun<'_> {
    pub(super) fn done(self) {
        self.unfinished.end(&self.name, self.number);
    }
}

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        if self.unfinished.concerns(self.name.0, &self.name.1) {
            self.unfinished.left.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use recap_core::ports::Resource;

    use super::Unfinished;

    #[test]
    fn one_that_ends_does_not_end_a_later_one() {
        let unfinished = Unfinished::default();
        let concerned = || unfinished.concerns(Resource::Job, "a");
        let first = unfinished.begin(Resource::Job, "a");
        let second = unfinished.begin(Resource::Job, "a");
        first.done();
        assert!(concerned());
        assert!(!unfinished.concerns(Resource::Job, "b"));
        second.done();
        assert!(!concerned());
        drop(unfinished.begin(Resource::Job, "a"));
        assert!(concerned(), "it is left to whoever finishes it");
    }
}
