//! Keeps a lease while its job runs, and listens for a wish to cancel.

use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tracing::warn;

use super::End;
use crate::jobs::context::JobContext;
use crate::ports::{JobEvent, Lease, Renewal};

/// Renewals within one lease, at least: three may fail before it has ended.
const RENEWALS_PER_LEASE: u32 = 4;

/// Longest time between renewals: a wish to cancel whose event got lost is
/// heard of with the next one, and is to reach a child process in two seconds.
const LONGEST_PAUSE: Duration = Duration::from_millis(1500);

/// Returns when the work must stop, and why; at the latest at `expires_at`.
///
/// While the store does not answer the work goes on, even past the end of the
/// lease: nobody can claim the job without the store. If somebody did who could
/// reach it when we could not, the next answer says so.
pub(super) async fn keep(cx: &JobContext, lease: Lease, expires_at: Timestamp) -> End {
    let mut events = cx.events.subscribe();
    let mut hearing = true;
    let pause = (cx.policy.lease / RENEWALS_PER_LEASE).min(LONGEST_PAUSE);
    let mut ticks = interval_at(Instant::now() + pause, pause);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {
                if cx.now() >= expires_at {
                    return End::Expired;
                }
                if let Some(end) = renew(cx, lease).await {
                    return end;
                }
            }
            event = events.recv(), if hearing => match event {
                Ok(JobEvent::CancelRequested { job }) if job == lease.job => return End::Canceled,
                // A missed event is caught by the next renewal.
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => hearing = false,
            },
        }
    }
}

async fn renew(cx: &JobContext, lease: Lease) -> Option<End> {
    let until = cx.now() + cx.policy.lease;
    match cx.store.renew(lease, until).await {
        Ok(Renewal::Held) => None,
        Ok(Renewal::CancelRequested) => Some(End::Canceled),
        Ok(Renewal::Lost) => Some(End::Lost),
        Err(error) => {
            warn!(error = %error.0, "the lease could not be renewed; the work goes on");
            None
        }
    }
}
