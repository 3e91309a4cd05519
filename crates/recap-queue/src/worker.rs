//! A run: the apalis worker, another one when it ends too early, and signs of
//! life until the last entry in hand is done.

use std::sync::Arc;
use std::time::Duration;

use apalis_core::worker::builder::WorkerBuilder;
use recap_config::QueueConfig;
use recap_core::ports::{Handler, Pull};
use tokio::sync::Notify;
use tracing::warn;

use crate::carrier::Carrier;
use crate::desk::Desk;
use crate::entry::InHand;
use crate::hands::Hands;
use crate::pause::Pause;
use crate::poll::SteadyPoll;
use crate::source::Source;
use crate::turns::Turns;

/// How often a worker says that it lives.
pub(crate) const HEARTBEAT: Duration = Duration::from_secs(10);

/// A worker that was silent for so long is taken for dead and its entries are
/// handed out again: four heartbeats, so that a server may be away for a while.
/// By then the reconciler has brought back what they were working on, as soon as
/// its lease ended; this is for what was taken and not yet begun.
pub(crate) const DEAD_AFTER: Duration = Duration::from_secs(40);

/// How long a worker that ended is not replaced.
const PAUSE: Duration = Duration::from_secs(1);

/// What is the same for all runs of a queue.
pub(crate) struct Habits {
    /// How often the queue is looked at.
    pub(crate) poll: Duration,
    /// Interactive entries for each bulk one.
    pub(crate) interactive_weight: u32,
    /// Given after each push of this process that is due at once.
    pub(crate) news: Arc<Notify>,
}

impl Habits {
    pub(crate) fn new(config: &QueueConfig) -> Self {
        let news = Arc::new(Notify::new());
        Self { poll: config.poll(), interactive_weight: config.interactive_weight, news }
    }

    /// Something was pushed: worth a look, unless it is not due yet.
    pub(crate) fn tell(&self, delay: Duration) {
        if delay.is_zero() {
            self.news.notify_waiters();
        }
    }
}

/// Gives the entries of `lanes` lanes to `handler` until the stop.
pub(crate) async fn run(
    habits: &Habits,
    carrier: Arc<dyn Carrier>,
    lanes: usize,
    pull: Pull,
    handler: Arc<dyn Handler>,
) {
    let desk = Desk::new(carrier, Turns::new(habits.interactive_weight, lanes));
    let hands = Arc::new(Hands::new(pull.concurrency, handler));
    let work = async {
        supervise(habits, &desk, &hands, &pull).await;
        hands.drain().await;
    };
    // An apalis worker that was told to stop does not beat while it waits for
    // what is in hand, and all of that would be handed out a second time.
    let beats = async {
        pull.stop.cancelled().await;
        loop {
            tokio::time::sleep(HEARTBEAT).await;
            desk.beat().await;
        }
    };
    tokio::select! {
        () = work => {}
        () = beats => {}
    }
    desk.close().await;
}

/// Keeps an apalis worker running until the stop. The desk knows no errors, so
/// only a defect ends one. The next has a new name: what the last one held is
/// handed out again when its name is taken for dead.
async fn supervise(habits: &Habits, desk: &Desk, hands: &Arc<Hands>, pull: &Pull) {
    let (name, mut restarts) = (recap_telemetry::process_name(), 0_u64);
    while !pull.stop.is_cancelled() {
        let source = Source::new(
            desk.clone(),
            SteadyPoll::new(habits.poll, Arc::clone(&habits.news)),
            hands.slots(),
            Pause::new(pull.paused.clone()),
            pull.stop.clone(),
        );
        let handler = Arc::clone(hands);
        let worker = WorkerBuilder::new(format!("{name}-{restarts}").as_str())
            .backend(source)
            .build(move |entry: InHand| {
                let hands = Arc::clone(&handler);
                async move { hands.handle(entry).await }
            });
        if let Err(error) = worker.run().await {
            warn!(%error, restarts, "the queue's worker ended; starting another one");
        }
        restarts += 1;
        let _ = tokio::time::timeout(PAUSE, pull.stop.cancelled()).await;
    }
}

#[cfg(test)]
mod tests;
