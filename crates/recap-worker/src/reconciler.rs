//! Looks for lost, due and expired jobs, every few seconds, in one process of
//! all.

use std::sync::Arc;
use std::time::Duration;

use recap_core::jobs::{JobContext, Reconciler};
use recap_core::ports::StoreError;
use recap_telemetry::metrics;
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

/// What the process that does this is called in the store.
const ROLE: &str = "reconciler";

/// A leader that says nothing for so many passes is taken for dead.
const MISSED_PASSES: u32 = 3;

/// The first look is made at once: at a start, jobs of the last run wait.
pub(crate) async fn run(cx: Arc<JobContext>, every: Duration, shutdown: CancellationToken) {
    let lease = every * MISSED_PASSES;
    let leader = Arc::new(Mutex::new(Leader {
        reconciler: Reconciler::new(Arc::clone(&cx)),
        cx: Arc::clone(&cx),
        lease,
        leads: false,
    }));
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = shutdown.cancelled() => break,
        }
        // In a task of its own: a look that panics must not be the last one, for
        // without them nothing that got lost would ever be found.
        let mut looking = JoinSet::new();
        let turn = Arc::clone(&leader);
        looking.spawn(async move { turn.lock().await.look().await });
        if let Err(panic) = looking.join_next().await.expect("a task was spawned") {
            error!(%panic, "looking for lost jobs failed");
        }
    }
    leader.lock().await.resign().await;
}

/// This process, as one of those that may reconcile.
struct Leader {
    reconciler: Reconciler,
    cx: Arc<JobContext>,
    /// How long the role is held without a word.
    lease: Duration,
    leads: bool,
}

impl Leader {
    async fn look(&mut self) {
        let done = match self.hold(self.lease).await {
            Ok(()) if self.leads => self.reconciler.pass().await,
            Ok(()) => return,
            Err(error) => {
                self.reconciler.missed();
                Err(error)
            }
        };
        if let Err(error) = done {
            warn!(error = %error.0, "the store did not answer; lost jobs are looked for again soon");
        }
    }

    async fn hold(&mut self, lease: Duration) -> Result<(), StoreError> {
        let now = self.cx.now();
        let leads = self.cx.store.hold(ROLE, &self.cx.process, now, now + lease).await?;
        if leads && !self.leads {
            info!("this process reconciles from now on");
        }
        self.leads = leads;
        metrics::reconciler_leads(leads);
        Ok(())
    }

    /// Lets the next one take over at once.
    async fn resign(&mut self) {
        if self.leads
            && let Err(error) = self.hold(Duration::ZERO).await
        {
            warn!(error = %error.0, "the next reconciler has to wait for a moment");
        }
        metrics::reconciler_leads(false);
    }
}
