//! A clock that stands still until it is turned.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use recap_core::jobs::Clock;

/// Starts at 2026-01-01T00:00:00Z. Clones show the same time.
#[derive(Clone, Debug)]
pub struct TestClock(Arc<Mutex<Timestamp>>);

impl TestClock {
    pub fn new() -> Self {
        Self::at("2026-01-01T00:00:00Z".parse().expect("a valid time"))
    }

    pub fn at(now: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(now)))
    }

    pub fn now(&self) -> Timestamp {
        *self.0.lock().expect("not poisoned")
    }

    pub fn advance(&self, by: Duration) {
        *self.0.lock().expect("not poisoned") += by;
    }

    pub fn set(&self, now: Timestamp) {
        *self.0.lock().expect("not poisoned") = now;
    }

    /// As the jobs and the gateway take it.
    pub fn as_clock(&self) -> Clock {
        let clock = self.clone();
        Arc::new(move || clock.now())
    }
}

impl Default for TestClock {
    fn default() -> Self {
        Self::new()
    }
}
