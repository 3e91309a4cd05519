//! The server: threads, limits, and how it stops.

use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use actix_web::{App, HttpServer, middleware, web};
use recap_config::{Config, ServerConfig};
use tokio::net::TcpSocket;
use tokio_util::sync::CancellationToken;

use crate::context::{Context, State};
use crate::frame::frame;
use crate::routes;

/// Opens the configured address with the configured backlog.
///
/// The backlog belongs to the listener: the one that [`serve`] could set would
/// come too late. Must be called inside a tokio runtime.
///
/// # Errors
///
/// When the address is taken or not this machine's.
pub fn bind(config: &ServerConfig) -> io::Result<TcpListener> {
    let address = SocketAddr::new(config.host, config.port);
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A restart must not wait for connections of the last run to be forgotten.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(config.backlog)?.into_std()
}

/// Serves the API until `shutdown` fires, then takes no more connections,
/// answers those who wait for a job, and gives requests in hand
/// `server.stop_seconds` to end.
///
/// Handlers run on threads of their own; the future only waits for them.
///
/// # Errors
///
/// When the listener cannot be used.
pub fn serve(
    state: State,
    config: &Config,
    listener: TcpListener,
    shutdown: CancellationToken,
) -> impl Future<Output = io::Result<()>> + Send + use<> {
    let cx = web::Data::new(Context::new(state, config, shutdown.clone()));
    let app = move || {
        App::new()
            .app_data(cx.clone())
            .configure(routes::configure)
            .wrap(middleware::from_fn(frame))
    };
    let server = &config.server;
    let server = HttpServer::new(app)
        .workers(server.workers)
        .max_connections(server.connections_per_worker)
        .keep_alive(Duration::from_secs(server.keep_alive_seconds))
        .client_request_timeout(Duration::from_secs(server.client_timeout_seconds))
        .shutdown_timeout(server.stop_seconds)
        // The process listens for signals, once, for all of its roles.
        .shutdown_signal(shutdown.cancelled_owned())
        .listen(listener)
        .map(HttpServer::run);
    async move { server?.await }
}
