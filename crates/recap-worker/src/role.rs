//! The worker as a role of a process.

use std::ffi::OsString;
use std::sync::Arc;

use recap_config::Config;
use recap_core::jobs::Clock;
use recap_role::{Ports, Roles, Started};
use tokio_util::sync::CancellationToken;
use tracing::info;

use crate::context::context;
use crate::{outside, work};

/// A process that is a worker and nothing else, until it is asked to stop.
///
/// # Errors
///
/// When the address is taken, or yt-dlp or the summariser cannot be used.
pub async fn process(started: Started) -> anyhow::Result<()> {
    let Started { config, search_path } = started;
    let listener = recap_role::listen(&config.server)?;
    let address = listener.local_addr()?;
    let clock = recap_role::system_clock();
    let ports = recap_role::connect(&config, clock.clone()).await?;
    let mut roles = Roles::new();
    let stop = roles.shutdown();
    let status = recap_role::serve_status(listener, ports.clone(), stop.clone());
    roles.start("health and metrics cannot be served", status);
    let watch = recap_role::watch(config.clone(), ports.clone(), stop.clone());
    roles.start("the machine cannot be watched", watch);
    roles.start(
        "the worker failed",
        role(config, ports, search_path, clock, |line| info!("{line}"), stop),
    );
    info!(%address, "serving health and metrics");
    roles.run_until(recap_role::stop_signal()).await
}

/// Waits for the store and for yt-dlp (which the first start may have to
/// install, told through `say`), then works until `shutdown` fires or there is
/// nothing more to do.
///
/// # Errors
///
/// When yt-dlp or the summariser cannot be used, or the queue not be read.
pub async fn role(
    config: Config,
    ports: Ports,
    search_path: Option<OsString>,
    clock: Clock,
    say: impl Fn(&str) + Send + Sync,
    shutdown: CancellationToken,
) -> anyhow::Result<()> {
    let ready = async {
        let outside = outside(&config, search_path, &clock, &ports, say).await?;
        recap_role::until_ready(&config, Arc::clone(&ports.store)).await;
        anyhow::Ok(outside)
    };
    let outside = tokio::select! {
        outside = ready => outside?,
        () = shutdown.cancelled() => return Ok(()),
    };
    let cx = Arc::new(context(&config, &ports, outside, clock));
    work::run(&config, cx, ports.shared.slots, shutdown).await?;
    Ok(())
}
