//! The gateway as a role of a process.

use std::future::Future;
use std::io;
use std::net::TcpListener;
use std::sync::Arc;

use anyhow::Context as _;
use recap_config::Config;
use recap_core::jobs::Clock;
use recap_role::{Ports, Roles, Started, collect_numbers, stop_signal, system_clock, until_ready};
use tokio_util::sync::CancellationToken;
use tracing::info;

use crate::context::State;
use crate::server::{bind, serve};

/// A process that is a gateway and nothing else, until it is asked to stop.
///
/// # Errors
///
/// When the address is taken, the embedded database cannot be opened, or a URL
/// not be understood.
pub async fn process(started: Started) -> anyhow::Result<()> {
    let Started { config, .. } = started;
    let (host, port) = (config.server.host, config.server.port);
    let taken = || format!("cannot listen on {host}:{port}; choose another port with --port");
    let listener = bind(&config.server).with_context(taken)?;
    let address = listener.local_addr()?;
    let clock = system_clock();
    let ports = recap_role::connect(&config, clock.clone()).await?;
    let mut roles = Roles::new();
    let serving = role(&config, listener, &ports, clock, roles.shutdown());
    roles.start("the gateway failed", serving);
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

/// Serves the API on `listener` until `shutdown` fires.
///
/// # Errors
///
/// When the listener cannot be used.
pub fn role(
    config: &Config,
    listener: TcpListener,
    ports: &Ports,
    clock: Clock,
    shutdown: CancellationToken,
) -> impl Future<Output = io::Result<()>> + Send + use<> {
    let numbers = ports.clone();
    let state = State {
        store: Arc::clone(&ports.store),
        queue: Arc::clone(&ports.queue),
        events: Arc::clone(&ports.events),
        cache: Arc::clone(&ports.cache),
        probes: ports.probes.clone(),
        collect: Arc::new(move || {
            let ports = numbers.clone();
            Box::pin(async move { collect_numbers(&ports).await })
        }),
        clock,
    };
    serve(state, config, listener, shutdown)
}
