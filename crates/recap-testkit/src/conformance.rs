//! What every adapter of a port must do, whatever is behind it. Each sentence
//! of a contract is a check here; times are given, so nothing sleeps over them.

#![expect(clippy::unwrap_used, reason = "a check fails by panicking")]

pub mod keys;
pub mod queue;
pub mod replies;
pub mod shared;
pub mod store;
pub mod summarizer;
pub mod webhooks;

use std::time::Duration;

use jiff::Timestamp;

/// `seconds` after the things of these checks were made: in a far future, so that
/// a store that forgets by its own clock does not forget them meanwhile.
fn at(seconds: u64) -> Timestamp {
    let start: Timestamp = "2100-01-01T00:00:00Z".parse().expect("a valid time");
    start + Duration::from_secs(seconds)
}
