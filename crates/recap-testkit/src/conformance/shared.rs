//! The contracts of what processes share ([`Cache`], [`Slots`], [`Breakers`],
//! [`Limits`], [`Events`]), as checks: within one process, and across two.
//!
//! Time passes here, because it does on the server: the settings below keep it
//! short, and what is waited for is polled.

mod across;
mod breakers;
mod cache;
mod events;
mod limits;
mod slots;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use recap_core::ports::{Breakers, Cache, Events, Limits, Slots};
use tokio::time::{Instant, sleep, timeout};

/// `limits.fetches`
pub const FETCHES: usize = 2;
/// `limits.summarizations`
pub const SUMMARIZATIONS: usize = 1;
/// `shared.slot_lease_seconds`
pub const LEASE_SECONDS: u64 = 1;
/// `cache.flight_seconds`
pub const FLIGHT_SECONDS: u64 = 3;
/// `cache.max_value_kb`
pub const MAX_VALUE_KB: usize = 64;
/// `breakers.failures`
pub const FAILURES: u32 = 3;
/// `breakers.open_seconds`
pub const OPEN_SECONDS: u64 = 1;
/// `breakers.half_open_seconds`
pub const HALF_OPEN_SECONDS: u64 = 1;

/// Longest time that anything here may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long something is watched that must not happen.
const WATCH: Duration = Duration::from_millis(100);

/// What one process has of what is shared.
#[derive(Clone)]
pub struct Ports {
    pub events: Arc<dyn Events>,
    pub slots: Arc<dyn Slots>,
    pub cache: Arc<dyn Cache>,
    pub breakers: Arc<dyn Breakers>,
    pub limits: Arc<dyn Limits>,
}

/// Runs every check that one process is enough for, each on ports of its own
/// that `fresh` makes, with the settings above: empty, and shared with nobody.
///
/// # Panics
///
/// When a check fails.
pub async fn all(fresh: impl AsyncFn() -> Ports) {
    tokio::join!(
        async { cache::all(&async || fresh().await.cache).await },
        async { cache::bounds(&async || fresh().await.cache).await },
        async { slots::all(&async || fresh().await.slots).await },
        async { breakers::all(&async || fresh().await.breakers).await },
        async { limits::all(&async || fresh().await.limits).await },
        async { events::all(&async || fresh().await.events).await },
    );
}

/// Runs every check of what two processes share; `fresh` makes both, with the
/// settings above, connected to the same and with nobody else.
///
/// # Panics
///
/// When a check fails.
pub async fn across(fresh: impl AsyncFn() -> (Ports, Ports)) {
    across::all(&fresh).await;
}

/// Runs the checks of a cache that keeps everything and waits for ever, as a
/// fake does.
///
/// # Panics
///
/// When a check fails.
pub async fn cache(fresh: impl AsyncFn() -> Arc<dyn Cache>) {
    cache::all(&fresh).await;
}

/// What comes of `work`, which has to come soon.
async fn within<T>(work: impl Future<Output = T>) -> T {
    timeout(PATIENCE, work).await.expect("it happens in time")
}

/// Waits until `holds`.
async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds().await {
        assert!(Instant::now() < deadline, "{what}");
        sleep(Duration::from_millis(5)).await;
    }
}

/// Watches that `work` does not end, and cancels it.
async fn not_soon<T>(what: &str, work: impl Future<Output = T>) {
    assert!(timeout(WATCH, work).await.is_err(), "{what}");
}

#[expect(clippy::disallowed_methods, reason = "a server has its own clock, so this one is real")]
fn now() -> Timestamp {
    Timestamp::now()
}
