//! Who makes what right now, and who waits for it: within one process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use recap_core::ports::CacheKey;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, timeout_at};

use super::forgotten::Moment;

/// One entry for each key that is being made; their number is bounded by that
/// of the callers, who are.
#[derive(Debug, Default)]
pub(crate) struct Flights(Arc<Mutex<HashMap<String, Entry>>>);

#[derive(Debug)]
struct Entry {
    began: Moment,
    /// Closed when the maker is done.
    over: watch::Receiver<()>,
    landed: Arc<Notify>,
}

/// The making of one value; over when it is dropped.
#[derive(Debug)]
pub(super) struct Flight {
    flights: Arc<Mutex<HashMap<String, Entry>>>,
    key: String,
    landed: Arc<Notify>,
    _over: watch::Sender<()>,
}

/// What comes of asking to make something.
#[derive(Debug)]
pub(super) enum Turn {
    /// Nobody else makes it.
    Ours(Flight),
    /// Someone made it, or gave up: look again.
    Over,
    /// It took too long.
    Late,
}

impl Flights {
    /// Begins to make `key`, or waits for who does, until `deadline`.
    pub(super) async fn join(&self, key: &CacheKey, began: Moment, deadline: Instant) -> Turn {
        let mut over = {
            let mut flights = self.0.lock().expect("not poisoned");
            let key = key.to_string();
            match flights.get(&key) {
                Some(entry) => entry.over.clone(),
                None => return Turn::Ours(self.begin(&mut flights, key, began)),
            }
        };
        match timeout_at(deadline, over.changed()).await {
            Ok(_closed) => Turn::Over,
            Err(_elapsed) => Turn::Late,
        }
    }

    fn begin(&self, flights: &mut HashMap<String, Entry>, key: String, began: Moment) -> Flight {
        let (sender, over) = watch::channel(());
        let landed = Arc::new(Notify::new());
        flights.insert(key.clone(), Entry { began, over, landed: Arc::clone(&landed) });
        Flight { flights: Arc::clone(&self.0), key, landed, _over: sender }
    }

    /// When the making of `key` began, if someone makes it.
    pub(super) fn began(&self, key: &CacheKey) -> Option<Moment> {
        let flights = self.0.lock().expect("not poisoned");
        flights.get(&key.to_string()).map(|it| it.began)
    }

    /// Another process does no longer make `key`, as it is written.
    pub(crate) fn landed(&self, key: &str) {
        if let Some(entry) = self.0.lock().expect("not poisoned").get(key) {
            entry.landed.notify_one();
        }
    }
}

impl Flight {
    /// Returns when another process has stopped making it.
    pub(super) async fn landed(&self) {
        self.landed.notified().await;
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        // First the entry, then the sender, so that whoever wakes finds none.
        if let Ok(mut flights) = self.flights.lock() {
            flights.remove(&self.key);
        }
    }
}
