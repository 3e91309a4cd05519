//! One process with all roles: what `recap serve` and the tests start.

use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use anyhow::Context as _;
use recap_config::Config;
use recap_core::jobs::Clock;
use recap_worker::{Outside, Ports};
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;
use tracing::info;

/// The roles of this process, running.
pub struct App {
    pub ports: Ports,
    pub address: SocketAddr,
    roles: JoinSet<anyhow::Result<()>>,
    shutdown: CancellationToken,
}

/// Opens the store and the queue, and makes what the roles share.
///
/// # Errors
///
/// When the database cannot be opened.
pub async fn ports(config: &Config) -> anyhow::Result<Ports> {
    let damaged = "the embedded database cannot be opened; if it is damaged, or of a newer recap, \
                   move it away or name another with RECAP_SQLITE__FILE";
    let store = recap_store::connect(config).await.context(damaged)?;
    let queue = recap_queue::connect(config).await.context(damaged)?;
    let shared = recap_shared::connect(config);
    Ok(Ports { store, queue, events: shared.events, slots: shared.slots })
}

impl App {
    /// Starts the gateway on `listener`, and the worker as soon as `outside`
    /// is there: the first start may have to install yt-dlp, and requests need
    /// not wait for that.
    ///
    /// # Errors
    ///
    /// When the database cannot be opened.
    pub async fn start(
        config: &Config,
        listener: TcpListener,
        outside: impl Future<Output = anyhow::Result<Outside>> + Send + 'static,
        clock: Clock,
    ) -> anyhow::Result<Self> {
        let ports = ports(config).await?;
        let shutdown = CancellationToken::new();
        let address = listener.local_addr()?;
        let mut roles = JoinSet::new();
        let state = recap_gateway::State::new(
            Arc::clone(&ports.store),
            Arc::clone(&ports.queue),
            Arc::clone(&ports.events),
            Arc::clone(&clock),
        );
        let serving = recap_gateway::serve(state, config, listener, shutdown.clone());
        roles.spawn(async move { serving.await.context("the gateway failed") });
        let worker = worker(config.clone(), ports.clone(), outside, clock, shutdown.clone());
        roles.spawn(async move { worker.await.context("the worker failed") });
        info!(%address, "listening");
        Ok(Self { ports, address, roles, shutdown })
    }

    /// Runs until `signal` or until a role ends by itself, then lets the roles
    /// finish what they hold. A process with half its roles is worse than none.
    ///
    /// # Errors
    ///
    /// The first failure of a role.
    pub async fn run_until(mut self, signal: impl Future<Output = ()>) -> anyhow::Result<()> {
        let mut first = tokio::select! {
            () = signal => Ok(()),
            Some(role) = self.roles.join_next() => flat(role),
        };
        self.shutdown.cancel();
        while let Some(role) = self.roles.join_next().await {
            first = first.and(flat(role));
        }
        first
    }
}

/// A role that panics has failed too, and the others are still waited for.
fn flat(role: Result<anyhow::Result<()>, JoinError>) -> anyhow::Result<()> {
    role.unwrap_or_else(|panic| Err(panic.into()))
}

async fn worker(
    config: Config,
    ports: Ports,
    outside: impl Future<Output = anyhow::Result<Outside>>,
    clock: Clock,
    shutdown: CancellationToken,
) -> anyhow::Result<()> {
    let outside = tokio::select! {
        outside = outside => outside?,
        () = shutdown.cancelled() => return Ok(()),
    };
    let cx = Arc::new(recap_worker::context(&config, &ports, outside, clock));
    recap_worker::run(&config, cx, shutdown).await?;
    Ok(())
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
