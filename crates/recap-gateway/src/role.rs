//! The gateway as a role of a process.

use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use anyhow::bail;
use recap_config::Config;
use recap_core::jobs::{Clock, Desk};
use recap_core::webhook::AddressRules;
use recap_role::{
    Ports, Roles, Started, collect_numbers, listen, stop_signal, system_clock, until_ready,
};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing::info;

use crate::access::OPEN;
use crate::context::State;
use crate::server::serve;

/// How long a start waits to hear whether there are keys.
const PATIENCE: Duration = Duration::from_secs(5);

/// A process that is a gateway and nothing else, until it is asked to stop.
///
/// # Errors
///
/// When the address is taken, the embedded database cannot be opened, or a URL
/// not be understood; or when more than this machine could reach it and there is
/// no key.
pub async fn process(started: Started) -> anyhow::Result<()> {
    let Started { config, .. } = started;
    let listener = listen(&config.server)?;
    let address = listener.local_addr()?;
    let clock = system_clock();
    let ports = recap_role::connect(&config, clock.clone()).await?;
    check_access(&config, &ports, address).await?;
    let mut roles = Roles::new();
    let serving = role(&config, listener, &ports, clock, roles.shutdown());
    roles.start("the gateway failed", serving);
    let watch = recap_role::watch(config.clone(), ports.clone(), roles.shutdown());
    roles.start("the machine cannot be watched", watch);
    // Requests are answered meanwhile, with 503 where the store is needed.
    let (store, stop) = (Arc::clone(&ports.store), roles.shutdown());
    roles.start("waiting for the store failed", async move {
        tokio::select! {
            () = until_ready(&config, store) => stop.cancelled().await,
            () = stop.cancelled() => {}
        }
        io::Result::Ok(())
    });
    info!(%address, "listening");
    roles.run_until(stop_signal()).await
}

/// Refuses to begin to serve everyone who can reach `address` without asking who
/// they are. While the store is away that is not known; then [`role`] finds out.
///
/// # Errors
///
/// When more than this machine can reach `address`, there is no key, and no tokens
/// are taken; says the mend.
pub async fn check_access(
    config: &Config,
    ports: &Ports,
    address: SocketAddr,
) -> anyhow::Result<()> {
    if address.ip().is_loopback() || config.auth.takes_tokens() {
        return Ok(());
    }
    let has_keys = timeout(PATIENCE, ports.keys.has_keys()).await;
    if matches!(has_keys, Ok(Ok(false))) {
        bail!("recap does not serve {address}: {OPEN}");
    }
    Ok(())
}

/// Serves the API on `listener` until `shutdown` fires.
///
/// # Errors
///
/// When the listener or the key set of tokens cannot be used; or when more than
/// this machine could reach it and there is no key.
pub fn role(
    config: &Config,
    listener: TcpListener,
    ports: &Ports,
    clock: Clock,
    shutdown: CancellationToken,
) -> impl Future<Output = io::Result<()>> + Send + use<> {
    let (numbers, pools) = (ports.clone(), ports.clone());
    let state = State {
        desk: Desk {
            store: Arc::clone(&ports.store),
            webhooks: Arc::clone(&ports.webhooks),
            queue: Arc::clone(&ports.queue),
            events: Arc::clone(&ports.shared.events),
            keep_jobs: config.jobs.retention(),
            keep_messages: config.webhooks.retention(),
            public_url: config.server.public_url.clone(),
        },
        keys: Arc::clone(&ports.keys),
        replies: Arc::clone(&ports.replies),
        limits: Arc::clone(&ports.shared.limits),
        slots: Arc::clone(&ports.shared.slots),
        cache: Arc::clone(&ports.shared.cache),
        load: ports.load.clone(),
        addresses: AddressRules::new(
            config.webhooks.allowed_networks(),
            config.webhooks.allow_http,
        ),
        probes: ports.probes.clone(),
        collect: Arc::new(move || {
            let ports = numbers.clone();
            Box::pin(async move { collect_numbers(&ports).await })
        }),
        pools: Arc::new(move || pools.pools()),
        clock,
    };
    serve(state, config, listener, shutdown)
}
