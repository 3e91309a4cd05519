//! Does what the operator wants of all workers: pause, resume, drain, and go by other
//! flags and limits than the settings say.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use recap_config::Config;
use recap_core::jobs::JobContext;
use recap_core::ports::{Control, JobEvent, LimitChanges, Slot, Slots};
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
    pub(crate) slots: AllSlots,
    pub(crate) paused: watch::Sender<bool>,
    pub(crate) drain: CancellationToken,
}

/// The slots of this process, and how many the settings say there are.
pub(crate) struct AllSlots {
    slots: Arc<dyn Slots>,
    fetches: usize,
    summarizations: usize,
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
        self.slots.follow(&wanted.limits);
        let was = self.paused.send_replace(wanted.paused);
        metrics::worker_paused(wanted.paused);
        match (was, wanted.paused) {
            (false, true) => info!("paused: no more jobs are taken"),
            (true, false) => info!("resumed"),
            _ => {}
        }
    }
}

impl AllSlots {
    pub(crate) fn new(config: &Config, slots: Arc<dyn Slots>) -> Self {
        let (fetches, summarizations) = (config.limits.fetches, config.limits.summarizations);
        Self { slots, fetches, summarizations }
    }

    fn follow(&self, wanted: &LimitChanges) {
        let fetches = wanted.fetches.unwrap_or(self.fetches);
        let summarizations = wanted.summarizations.unwrap_or(self.summarizations);
        for (slot, limit) in [(Slot::Fetch, fetches), (Slot::Summarize, summarizations)] {
            if self.slots.limit(slot) != limit {
                info!(?slot, limit, "how much may happen at once has changed");
                self.slots.set_limit(slot, limit);
            }
        }
    }
}
