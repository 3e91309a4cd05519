//! Does what the operator wants of all workers: pause, resume, drain.

use std::sync::Arc;
use std::sync::atomic::Ordering;
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

/// What is wanted, and how this process does it.
pub(crate) struct Wishes {
    /// As it was when the process began.
    pub(crate) started: Control,
    /// Thinking longer, as the settings say.
    pub(crate) advanced: bool,
    pub(crate) paused: watch::Sender<bool>,
    pub(crate) drain: CancellationToken,
}

/// Obeys what is wanted since the process began. Runs until it is to be drained,
/// which it sees to itself if the operator says so.
pub(crate) async fn obey(cx: Arc<JobContext>, wishes: Wishes) {
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
            () = wishes.drain.cancelled() => return,
        }
        match cx.store.control().await {
            Ok(wanted) => wishes.follow(&cx, &wanted),
            Err(error) => debug!(error = %error.0, "the operator's wishes could not be read"),
        }
    }
}

impl Wishes {
    pub(crate) fn follow(&self, cx: &JobContext, wanted: &Control) {
        // Not by comparing clocks: what was wanted before the start is not meant for
        // this process, and what is wanted since is.
        if wanted.drain_asked_at.is_some() && wanted.drain_asked_at != self.started.drain_asked_at {
            info!("draining: no more jobs are taken, and the process ends with the last one");
            self.drain.cancel();
        }
        let advanced = wanted.flags.advanced_summarization.unwrap_or(self.advanced);
        if cx.advanced.swap(advanced, Ordering::Relaxed) != advanced {
            info!(advanced, "how long summaries are thought about has changed");
        }
        let was = self.paused.send_replace(wanted.paused);
        metrics::worker_paused(wanted.paused);
        match (was, wanted.paused) {
            (false, true) => info!("paused: no more jobs are taken"),
            (true, false) => info!("resumed"),
            _ => {}
        }
    }
}
