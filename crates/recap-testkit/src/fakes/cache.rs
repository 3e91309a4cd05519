//! A cache in memory.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;
use recap_core::job::CacheLevel;
use recap_core::jobs::Clock;
use recap_core::ports::{Cache, CacheKey, Cached, Lookup, Permit, Resource};
use tokio::sync::watch;

/// Values in a map: nothing goes by itself, and everything is found at one
/// level. Those who wait for a maker wait as long as it holds its permit.
/// Clones share their values.
#[derive(Clone)]
pub struct MemoryCache {
    clock: Clock,
    level: CacheLevel,
    state: Arc<Mutex<State>>,
    away: Arc<AtomicBool>,
}

#[derive(Default)]
struct State {
    values: HashMap<CacheKey, (Bytes, Timestamp)>,
    /// Who waits for a maker listens here; the sender is in the maker's permit.
    flights: HashMap<CacheKey, watch::Receiver<()>>,
    /// What was asked for, in order.
    asked: Vec<CacheKey>,
}

/// Ends a flight when it is dropped: the entry goes first, then the sender.
struct Flight {
    state: Arc<Mutex<State>>,
    key: CacheKey,
    _waking: watch::Sender<()>,
}

impl MemoryCache {
    /// `clock` says how old a value is.
    pub fn new(clock: Clock) -> Self {
        Self::at_level(clock, CacheLevel::Memory)
    }

    /// Where its values are said to be found.
    pub fn at_level(clock: Clock, level: CacheLevel) -> Self {
        Self { clock, level, state: Arc::default(), away: Arc::default() }
    }

    /// From now on nothing is found or kept, and everyone makes what they need;
    /// or all is well again. What was kept before stays.
    pub fn leave(&self, away: bool) {
        self.away.store(away, Ordering::SeqCst);
    }

    /// The value as it is, without asking for it.
    pub fn value(&self, key: &CacheKey) -> Option<Bytes> {
        self.state().values.get(key).map(|(value, _)| value.clone())
    }

    /// All keys that have a value, sorted as they are written.
    pub fn keys(&self) -> Vec<CacheKey> {
        let mut keys: Vec<CacheKey> = self.state().values.keys().cloned().collect();
        keys.sort_by_key(CacheKey::to_string);
        keys
    }

    /// What was asked for so far, in order, found or not.
    pub fn asked(&self) -> Vec<CacheKey> {
        self.state().asked.clone()
    }

    /// How many keys are being made right now.
    pub fn in_flight(&self) -> usize {
        self.state().flights.len()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("not poisoned")
    }

    fn is_away(&self) -> bool {
        self.away.load(Ordering::SeqCst)
    }

    fn found(&self, state: &State, key: &CacheKey) -> Option<Cached> {
        let (value, put_at) = state.values.get(key)?;
        let age = (self.clock)().duration_since(*put_at).try_into().unwrap_or_default();
        Some(Cached { value: value.clone(), level: self.level, age })
    }

    /// A value, or the permit to make it, or whom to wait for.
    fn look_up(&self, key: &CacheKey) -> Result<Lookup, watch::Receiver<()>> {
        let mut state = self.state();
        if let Some(cached) = self.found(&state, key) {
            return Ok(Lookup::Hit(cached));
        }
        if let Some(flight) = state.flights.get(key) {
            return Err(flight.clone());
        }
        let (waking, waiting) = watch::channel(());
        state.flights.insert(key.clone(), waiting);
        let state = Arc::clone(&self.state);
        Ok(Lookup::Make(Permit::new(Flight { state, key: key.clone(), _waking: waking })))
    }
}

#[async_trait]
impl Cache for MemoryCache {
    async fn get(&self, key: &CacheKey) -> Option<Cached> {
        let mut state = self.state();
        state.asked.push(key.clone());
        if self.is_away() { None } else { self.found(&state, key) }
    }

    async fn get_or_make(&self, key: &CacheKey) -> Lookup {
        self.state().asked.push(key.clone());
        if self.is_away() {
            return Lookup::Make(Permit::new(()));
        }
        loop {
            match self.look_up(key) {
                Ok(lookup) => return lookup,
                // An error is what is waited for: the maker dropped its permit.
                Err(mut flight) => drop(flight.changed().await),
            }
        }
    }

    async fn put(&self, key: &CacheKey, value: Bytes) {
        if !self.is_away() {
            let now = (self.clock)();
            self.state().values.insert(key.clone(), (value, now));
        }
    }

    async fn invalidate(&self, resource: Resource, id: &str) {
        self.state().values.retain(|it, _| it.resource != resource || it.id != id);
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        if let Ok(mut state) = self.state.lock() {
            state.flights.remove(&self.key);
        }
    }
}
