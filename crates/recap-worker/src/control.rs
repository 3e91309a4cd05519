//! Does what the operator wants of all workers: pause, resume, drain.

use std::sync::Arc;
use std::time::Duration;

use recap_core::jobs::JobContext;
use recap_core::ports::{Control, JobEvent};
use recap_telemetry::metrics;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing::{debug, info};

/// How often the store is asked, should the event have got lost.
const ASK: Duration = Duration::from_secs(2);

/// What is wanted right now, asked for until the store answers.
pub(crate) async fn first(cx: &JobContext) -> Control {
    loop {
        match cx.store.control().await {
            Ok(wanted) => return wanted,
            Err(error) => debug!(error = %error.0, "the operator's wishes could not be read"),
        }
        tokio::time::sleep(ASK).await;
    }
}

/// Obeys what is wanted since `started`. Runs until `drain` fires, which it does
/// itself if the operator says so.
pub(crate) async fn obey(
    cx: Arc<JobContext>,
    started: Control,
    paused: watch::Sender<bool>,
    drain: CancellationToken,
) {
    let mut events = cx.events.subscribe();
    let mut ticks = interval(ASK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            event = events.recv() => match event {
                Ok(JobEvent::ControlChanged | JobEvent::Missed) | Err(RecvError::Lagged(_)) => {}
                Ok(_) => continue,
                Err(RecvError::Closed) => return,
            },
            () = drain.cancelled() => return,
        }
        match cx.store.control().await {
            Ok(wanted) => follow(wanted, &started, &paused, &drain),
            Err(error) => debug!(error = %error.0, "the operator's wishes could not be read"),
        }
    }
}

fn follow(
    wanted: Control,
    started: &Control,
    paused: &watch::Sender<bool>,
    drain: &CancellationToken,
) {
    // Not by comparing clocks: what was wanted before the start is not meant for
    // this process, and what is wanted since is.
    if wanted.drain_asked_at.is_some() && wanted.drain_asked_at != started.drain_asked_at {
        info!("draining: no more jobs are taken, and the process ends with the last one");
        drain.cancel();
    }
    let was = paused.send_replace(wanted.paused);
    metrics::worker_paused(wanted.paused);
    match (was, wanted.paused) {
        (false, true) => info!("paused: no more jobs are taken"),
        (true, false) => info!("resumed"),
        _ => {}
    }
}
