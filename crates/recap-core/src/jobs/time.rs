//! Times that no clock makes panic.

use std::time::Duration;

use jiff::Timestamp;

/// Time from `began` to `now`; zero if the clock was set back between.
pub(super) fn since(began: Timestamp, now: Timestamp) -> Duration {
    now.duration_since(began).try_into().unwrap_or(Duration::ZERO)
}

/// `delay` after `from`, or the end of time: what others say must not panic.
pub(super) fn later(from: Timestamp, delay: Duration) -> Timestamp {
    from.saturating_add(delay).unwrap_or(Timestamp::MAX)
}
