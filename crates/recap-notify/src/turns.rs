//! How many attempts go to one host at once, so that a slow one does not take all
//! hands.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Counts by host. Only hosts that somebody waits for or sends to are in it, so
/// it is no larger than there are callers.
#[derive(Debug)]
pub(crate) struct Turns {
    per_host: usize,
    hosts: Mutex<HashMap<String, Arc<Semaphore>>>,
}

impl Turns {
    pub(crate) fn new(per_host: usize) -> Self {
        Self { per_host, hosts: Mutex::default() }
    }

    /// A turn with `host`, which lasts until it is dropped; `None` if there is none
    /// within `patience`.
    pub(crate) async fn take(&self, host: &str, patience: Duration) -> Option<Turn<'_>> {
        let place = self.place(host);
        let semaphore = place.semaphore.clone().expect("held until it is left");
        let free = semaphore.acquire_owned();
        let permit = timeout(patience, free).await.ok()?.expect("nobody closes it");
        Some(Turn { _permit: permit, _place: place })
    }

    fn place(&self, host: &str) -> Place<'_> {
        let mut hosts = self.hosts();
        let new = || Arc::new(Semaphore::new(self.per_host));
        let semaphore = hosts.entry(host.to_owned()).or_insert_with(new).clone();
        Place { turns: self, host: host.to_owned(), semaphore: Some(semaphore) }
    }

    fn hosts(&self) -> MutexGuard<'_, HashMap<String, Arc<Semaphore>>> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The permit goes back before the place is left.
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    _permit: OwnedSemaphorePermit,
    _place: Place<'a>,
}

/// Somebody waits for a host, or sends to it.
#[derive(Debug)]
struct Place<'a> {
    turns: &'a Turns,
    host: String,
    /// Given up when this is dropped.
    semaphore: Option<Arc<Semaphore>>,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut hosts = self.turns.hosts();
        // Given up while nobody else looks: of those who leave at once, the last one
        // finds the map's alone. Nobody can come while the map is locked.
        drop(self.semaphore.take());
        if hosts.get(&self.host).is_some_and(|it| Arc::strong_count(it) == 1) {
            hosts.remove(&self.host);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::thread;

    use super::*;

    const NOT_LONG: Duration = Duration::from_millis(1);

    #[tokio::test(start_paused = true)]
    async fn a_host_has_so_many_turns_and_others_have_their_own() {
        let turns = Turns::new(2);
        let (first, second) =
            (turns.take("a:443", NOT_LONG).await, turns.take("a:443", NOT_LONG).await);
        assert!(first.is_some() && second.is_some());
        assert!(turns.take("a:443", NOT_LONG).await.is_none());
        assert!(turns.take("b:443", NOT_LONG).await.is_some());
        let waiting = turns.take("a:443", Duration::from_mins(1));
        let (third, ()) = tokio::join!(waiting, async { drop(first) });
        assert!(third.is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn hosts_are_forgotten_with_their_last_turn() {
        let turns = Turns::new(1);
        let turn = turns.take("a:443", NOT_LONG).await;
        assert!(turns.take("a:443", NOT_LONG).await.is_none());
        for host in 0..100 {
            assert!(turns.take(&host.to_string(), NOT_LONG).await.is_some());
        }
        assert_eq!(turns.hosts().len(), 1);
        drop(turn);
        assert!(turns.hosts().is_empty());
    }

    #[test]
    fn those_who_leave_at_once_leave_nothing() {
        let turns = Turns::new(2);
        for _ in 0..1000 {
            let places = [turns.place("a:443"), turns.place("a:443")];
            let start = Barrier::new(2);
            thread::scope(|scope| {
                for place in places {
                    let start = &start;
                    scope.spawn(move || {
                        start.wait();
                        drop(place);
                    });
                }
            });
            assert!(turns.hosts().is_empty());
        }
    }
}
