//! What the store said of a client's entries in a lane a moment ago, so that it is
//! not asked for each of many jobs.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use lru::LruCache;
use recap_core::job::{Lane, Owner};

/// How long places are given without asking.
const FRESH: Duration = Duration::from_secs(1);

/// The same for having none: so soon is it noticed that there is one again.
const FRESH_FULL: Duration = Duration::from_millis(250);

/// Clients that are remembered.
const MOST: NonZeroUsize = NonZeroUsize::new(1000).expect("not zero");

pub(super) type Client = (Lane, Owner);

pub(super) struct Clients {
    limit: u64,
    known: Mutex<LruCache<Client, Known>>,
    /// Jobs that were left outside the queue.
    parked: AtomicU64,
}

/// Where a count began: what is left outside while it goes on is not in it.
#[derive(Clone, Copy)]
pub(super) struct Begun(u64);

struct Known {
    at: Timestamp,
    /// Places left to give without asking; `None`: the client has no place at all.
    places: Option<u64>,
}

impl Clients {
    pub(super) fn new(limit: u64) -> Self {
        Self { limit, known: Mutex::new(LruCache::new(MOST)), parked: AtomicU64::new(0) }
    }

    /// Takes a place, and says whether there was one; `None` if the store has to say.
    pub(super) fn take(&self, client: &Client, now: Timestamp) -> Option<bool> {
        let mut all = self.known();
        let known = all.get_mut(client)?;
        let fresh = if known.places.is_some() { FRESH } else { FRESH_FULL };
        if now < known.at || known.at + fresh <= now {
            return None;
        }
        let Some(places) = &mut known.places else { return Some(false) };
        *places = places.checked_sub(1)?;
        Some(true)
    }

    /// The store is about to count.
    pub(super) fn begin(&self) -> Begun {
        Begun(self.parked.load(Ordering::Relaxed))
    }

    /// The store has counted `own` entries, and one more place was taken. Never more
    /// than an eighth of the room is given without asking: other processes go by
    /// theirs.
    pub(super) fn counted(&self, begun: Begun, client: Client, own: u64, now: Timestamp) {
        let mut all = self.known();
        if self.parked.load(Ordering::Relaxed) != begun.0 {
            return;
        }
        let share = self.limit.saturating_sub(own) / 8;
        let places = Some(share.saturating_sub(1));
        all.put(client, Known { at: now, places });
    }

    pub(super) fn full(&self, client: Client, now: Timestamp) {
        self.known().put(client, Known { at: now, places: None });
    }

    /// A job of the client waits outside the queue: the next ones may not pass it.
    pub(super) fn parked(&self, client: &Client) {
        let mut all = self.known();
        self.parked.fetch_add(1, Ordering::Relaxed);
        if all.peek(client).is_some_and(|it| it.places.is_some()) {
            all.pop(client);
        }
    }

    fn known(&self) -> MutexGuard<'_, LruCache<Client, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn client() -> Client {
        (Lane::default(), Owner::default())
    }

    /// How many places are given after a count, beside the one it was made for.
    fn given(clients: &Clients, now: Timestamp) -> usize {
        (0..100).take_while(|_| clients.take(&client(), now) == Some(true)).count()
    }

    #[test]
    fn an_eighth_of_the_room_is_given_without_asking_for_a_moment() {
        for (own, expected) in [(0, 2), (1, 2), (2, 1), (9, 1), (10, 0), (24, 0)] {
            let clients = Clients::new(25);
            assert_eq!(clients.take(&client(), NOW), None);
            clients.counted(clients.begin(), client(), own, NOW);
            assert_eq!(given(&clients, NOW + FRESH), 0);
            assert_eq!(given(&clients, NOW), expected, "{own}");
            assert_eq!(clients.take(&client(), NOW), None);
        }
    }

    #[test]
    fn who_has_no_place_has_none_for_a_moment() {
        let clients = Clients::new(25);
        clients.full(client(), NOW);
        assert_eq!(clients.take(&client(), NOW), Some(false));
        clients.parked(&client());
        assert_eq!(clients.take(&client(), NOW), Some(false));
        assert_eq!(clients.take(&client(), NOW + FRESH_FULL), None);
        assert_eq!(clients.take(&(Lane::default(), Owner::new("another")), NOW), None);
    }

    #[test]
    fn nothing_is_given_once_a_job_is_parked() {
        let clients = Clients::new(25);
        clients.counted(clients.begin(), client(), 0, NOW);
        clients.parked(&client());
        assert_eq!(clients.take(&client(), NOW), None);
        // Also if that was while the store counted.
        let begun = clients.begin();
        clients.parked(&client());
        clients.counted(begun, client(), 0, NOW);
        assert_eq!(clients.take(&client(), NOW), None);
    }
}
