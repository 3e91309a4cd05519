//! A number of seats, of which no client has more than a quarter: whoever takes all it
//! can get leaves room for others.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Seats, and who has how many of them.
pub(crate) struct Seats {
    free: Arc<Semaphore>,
    per_client: usize,
    taken: Arc<Mutex<Taken>>,
}

/// By client. Only who has a seat is in it.
type Taken = HashMap<String, usize>;

/// One seat, until it is dropped.
pub(crate) struct Seat {
    client: String,
    taken: Arc<Mutex<Taken>>,
    _permit: OwnedSemaphorePermit,
}

impl Seats {
    pub(crate) fn new(count: usize) -> Self {
        let free = Arc::new(Semaphore::new(count));
        Self { free, per_client: (count / 4).max(1), taken: Arc::default() }
    }

    /// A seat for `client`; `None` if all are taken, or if it has its quarter.
    pub(crate) fn take(&self, client: &str) -> Option<Seat> {
        let permit = Arc::clone(&self.free).try_acquire_owned().ok()?;
        let mut taken = lock(&self.taken);
        let own = taken.get(client).copied().unwrap_or_default();
        if own >= self.per_client {
            return None;
        }
        taken.insert(client.to_owned(), own + 1);
        let all = Arc::clone(&self.taken);
        Some(Seat { client: client.to_owned(), taken: all, _permit: permit })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = lock(&self.taken);
        match taken.get_mut(&self.client) {
            Some(own) if *own > 1 => *own -= 1,
            _ => {
                taken.remove(&self.client);
            }
        }
    }
}

fn lock(taken: &Mutex<Taken>) -> MutexGuard<'_, Taken> {
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(count: usize, each: usize) {
        let seats = Seats::new(count);
        let ours: Vec<Seat> = std::iter::from_fn(|| seats.take("a")).collect();
        assert_eq!(ours.len(), each);
    }

    #[test]
    fn a_client_has_a_quarter() {
        for (count, each) in [(0, 0), (1, 1), (4, 1), (8, 2), (11, 2), (256, 64)] {
            check(count, each);
        }
    }

    #[test]
    fn others_find_room_and_nobody_is_remembered() {
        let seats = Seats::new(8);
        let mut held: Vec<Seat> =
            ["a", "a", "b", "b", "c", "c", "d", "d"].map(|it| seats.take(it).unwrap()).into();
        assert!(seats.take("e").is_none());
        drop(held.remove(0));
        assert!(seats.take("b").is_none());
        held.push(seats.take("a").unwrap());
        assert!(seats.take("a").is_none());
        held.clear();
        assert!(lock(&seats.taken).is_empty());
        assert_eq!(seats.free.available_permits(), 8);
    }
}
