//! Keeps a lease while its job runs, and listens for a wish to cancel.

use jiff::Timestamp;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{MissedTickBehavior, interval};
use tracing::warn;

use super::End;
use crate::jobs::context::JobContext;
use crate::ports::{JobEvent, Lease, Renewal};

/// Renewals within one lease: three may fail before it is lost.
const RENEWALS_PER_LEASE: u32 = 4;

/// Returns when the work must stop, and why.
pub(super) async fn keep(cx: &JobContext, lease: Lease) -> End {
    let mut events = cx.events.subscribe();
    let mut hearing = true;
    let mut ticks = interval(cx.policy.lease / RENEWALS_PER_LEASE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut held_until = cx.now() + cx.policy.lease;
    loop {
        tokio::select! {
            _ = ticks.tick() => {
                if let Some(end) = renew(cx, lease, &mut held_until).await {
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

async fn renew(cx: &JobContext, lease: Lease, held_until: &mut Timestamp) -> Option<End> {
    let until = cx.now() + cx.policy.lease;
    match cx.store.renew(lease, until).await {
        Ok(Renewal::Held) => {
            *held_until = until;
            None
        }
        Ok(Renewal::CancelRequested) => Some(End::Canceled),
        Ok(Renewal::Lost) => Some(End::Lost),
        Err(error) => {
            warn!(error = %error.0, "the lease could not be renewed");
            // From then on another worker may have it.
            (cx.now() >= *held_until).then_some(End::Lost)
        }
    }
}
