//! This process: its clock, and how it is asked to stop.

use std::sync::Arc;

use recap_core::jobs::Clock;

/// The clock of the machine.
#[expect(clippy::disallowed_methods, reason = "this is where the time comes in")]
pub fn system_clock() -> Clock {
    Arc::new(jiff::Timestamp::now)
}

/// Resolves when the process is asked to stop.
pub async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).expect("the signal can be listened for");
    let mut interrupt = signal(SignalKind::interrupt()).expect("the signal can be listened for");
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
