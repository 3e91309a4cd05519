//! `cargo xtask bench empty`: the queue on Redis with jobs that do nothing, as the
//! peers' workers have them. The store is not asked.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use recap_config::EnvironmentVariables;
use recap_core::JobId;
use recap_core::job::Lane;
use recap_core::jobs::JobPayload;
use recap_core::ports::{Entry, Handler, Pull};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// Pushes so many and ends; without it, works until it is killed.
    count: Option<u32>,
    /// The harness tells a pause between them, of jobs that say when they start; these
    /// do not.
    pause: Option<String>,
}

struct Empty;

#[async_trait]
impl Handler for Empty {
    async fn handle(&self, _: JobPayload) {}
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let config = recap_config::load(None, &EnvironmentVariables::of_process())?.config;
    // As recap works with.
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.worker_threads(2).enable_all().build()?.block_on(async {
        let queue = recap_queue::connect(&config).await?;
        if let Some(count) = args.count {
            let entries: Vec<Entry> = (0..count).map(|_| entry()).collect();
            return Ok(queue.push(&entries, Duration::ZERO).await?);
        }
        let (_resume, paused) = watch::channel(false);
        let (concurrency, stop) = (config.worker.concurrency, CancellationToken::new());
        let pull = Pull { concurrency, regions: Vec::new(), paused, stop };
        Ok(queue.run(pull, Arc::new(Empty)).await?)
    })
}

pub(crate) fn entry() -> Entry {
    let payload = JobPayload::Summarize { job: JobId::generate() };
    Entry { payload, lane: Lane::default(), turn: 0 }
}
