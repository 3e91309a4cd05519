//! Follows what the operator changes while the process runs: flags and limits.

use std::convert::Infallible;
use std::time::Duration;

use recap_core::ports::{Control, Slot};
use tokio::time::{sleep, timeout};
use tracing::debug;

use crate::context::Context;

/// How often the store is asked in any case: between processes an event may get
/// lost.
const EVERY: Duration = Duration::from_secs(10);

/// How long it may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Keeps flags and limits as the store has them. Never returns. A store that is
/// away leaves them as they were.
pub(crate) async fn follow(cx: &Context) -> Infallible {
    loop {
        match timeout(PATIENCE, cx.store().control()).await {
            Ok(Ok(control)) => go_by(cx, &control),
            Ok(Err(error)) => debug!(error = %error.0, "flags and limits stay as they are"),
            Err(elapsed) => debug!(error = %elapsed, "flags and limits stay as they are"),
        }
        tokio::select! {
            () = cx.control_changed.notified() => {}
            () = sleep(EVERY) => {}
        }
    }
}

/// Does as `control` says from now on.
pub(crate) fn go_by(cx: &Context, control: &Control) {
    cx.flags.set(control.flags);
    cx.limits.set(control.limits);
    let limits = cx.limits.get();
    cx.state.slots.set_limit(Slot::Fetch, limits.fetches);
    cx.state.slots.set_limit(Slot::Summarize, limits.summarizations);
}
