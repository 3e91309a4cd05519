//! Takes jobs from the queue until there is a reason to stop.

use std::sync::Arc;

use recap_config::Config;
use recap_core::job::Region;
use recap_core::jobs::{JobContext, Runner};
use recap_core::ports::{Pull, QueueError, Slots};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::awake;
use crate::control::{self, AllSlots, Wishes};
use crate::reconciler;
use crate::recycle::Counted;

/// Works until `shutdown` fires, then hands back what is in hand and returns;
/// or until it is to be drained, and then does what is in hand first. `slots` are
/// those that the ports in `cx` wait for.
///
/// # Errors
///
/// When the queue cannot be read at all; single failures are retried inside.
pub async fn run(
    config: &Config,
    cx: Arc<JobContext>,
    slots: Arc<dyn Slots>,
    shutdown: CancellationToken,
) -> Result<(), QueueError> {
    let worker = &config.worker;
    // Fires with `shutdown`, and before it to take no more.
    let drain = shutdown.child_token();
    let wanted = tokio::select! {
        wanted = control::first(&cx) => wanted,
        () = shutdown.cancelled() => return Ok(()),
    };
    let (pausing, paused) = watch::channel(wanted.paused);
    let mut tasks = JoinSet::new();
    let interval = worker.reconcile_interval();
    tasks.spawn(reconciler::run(Arc::clone(&cx), interval, drain.clone()));
    let wishes = Wishes {
        started: wanted,
        advanced: config.features.advanced_summarization,
        slots: AllSlots::new(config, slots),
        paused: pausing,
        drain: drain.clone(),
    };
    wishes.follow(&cx, &wishes.started);
    tasks.spawn(control::obey(Arc::clone(&cx), wishes));

    let runner = Runner::new(Arc::clone(&cx), shutdown.clone());
    let (max_jobs, jitter) = (worker.max_jobs, worker.max_jobs_jitter);
    let handler = Counted::new(runner, max_jobs, jitter, (cx.chance)(), drain.clone());
    let held = Arc::clone(&handler.held);
    // While it drains, what is in hand wants the process awake as ever.
    let asleep = shutdown.child_token();
    tasks.spawn(awake::keep(config.clone(), held, asleep.clone()));
    let pull = Pull {
        concurrency: worker.concurrency,
        regions: regions(&worker.regions),
        paused,
        stop: drain.clone(),
    };
    info!(worker.concurrency = worker.concurrency, "worker started");
    let working = async {
        let taking = Arc::clone(&handler);
        cx.queue.run(pull, taking).await?;
        // Messages are not waited for by those who took their entries.
        handler.runner.settled().await;
        Ok(())
    };
    let stopped = async {
        shutdown.cancelled().await;
        tokio::time::sleep(worker.stop_timeout()).await;
    };
    tokio::select! {
        res = working => res?,
        () = stopped => warn!("what was in hand was not handed back in time; its leases will end"),
    }
    drain.cancel();
    asleep.cancel();
    // They end by themselves, the reconciler by letting another one take over.
    let ended = tokio::time::timeout(std::time::Duration::from_secs(1), async {
        while tasks.join_next().await.is_some() {}
    });
    let _ = ended.await;
    tasks.shutdown().await;
    info!("worker stopped");
    Ok(())
}

fn regions(names: &[String]) -> Vec<Region> {
    let region = |it: &String| Region::try_from(it.clone()).expect("checked with the settings");
    names.iter().map(region).collect()
}
