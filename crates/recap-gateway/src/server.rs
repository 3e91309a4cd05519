//! The server: threads, limits, and how it stops.

use std::any::Any;
use std::future::Future;
use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Extensions, Server};
use actix_web::rt::net::TcpStream;
use actix_web::{App, HttpServer, middleware, web};
use recap_config::Config;
use recap_core::ports::JobEvent;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;
use tracing::debug;

use crate::access::{Callers, attend};
use crate::context::{Context, State};
use crate::control;
use crate::frame::frame;
use crate::news;
use crate::routes;

/// Serves the API until `shutdown` fires, then takes no more connections,
/// answers those who wait for a job, and gives requests in hand
/// `server.stop_seconds` to end.
///
/// Handlers run on threads of their own; the future only waits for them.
///
/// # Errors
///
/// When the listener or the key set of tokens cannot be used, or when anybody could
/// reach the server and nobody would have to say who they are.
pub fn serve(
    state: State,
    config: &Config,
    listener: TcpListener,
    shutdown: CancellationToken,
) -> impl Future<Output = io::Result<()>> + Send + use<> {
    let started = start(state, config, listener, shutdown);
    async move {
        let (server, cx, events) = started?;
        run(server, &cx, events).await
    }
}

type Started = (Server, Arc<Context>, broadcast::Receiver<JobEvent>);

fn start(
    state: State,
    config: &Config,
    listener: TcpListener,
    shutdown: CancellationToken,
) -> io::Result<Started> {
    let callers = Callers::new(config, listener.local_addr()?)?;
    let cx = web::Data::new(Context::new(state, config, callers, shutdown.clone()));
    // Before the first request, so that none is answered from a memory that is deaf.
    let events = cx.events().subscribe();
    let beside = cx.clone().into_inner();
    let app = move || {
        App::new()
            .app_data(cx.clone())
            .configure(routes::configure)
            .wrap(middleware::from_fn(frame))
    };
    let server = &config.server;
    let write_timeout = server.write_timeout();
    let server = HttpServer::new(app)
        .workers(server.workers)
        .max_connections(server.connections_per_worker)
        .keep_alive(Duration::from_secs(server.keep_alive_seconds))
        .client_request_timeout(Duration::from_secs(server.client_timeout_seconds))
        .on_connect(move |connection, _: &mut Extensions| limit_writing(connection, write_timeout))
        .shutdown_timeout(server.stop_seconds)
        // The process listens for signals, once, for all of its roles.
        .shutdown_signal(shutdown.cancelled_owned())
        .listen(listener)?
        .run();
    Ok((server, beside, events))
}

/// Serves, and does what goes on beside the requests.
async fn run(
    mut server: Server,
    cx: &Context,
    events: broadcast::Receiver<JobEvent>,
) -> io::Result<()> {
    let handle = server.handle();
    let listening = async {
        news::listen(cx, events).await;
        // Nothing more will be heard; requests are answered all the same.
        std::future::pending::<io::Error>().await
    };
    let refused = tokio::select! {
        ended = &mut server => return ended,
        never = listening => never,
        never = control::follow(cx) => match never {},
        refused = attend(cx) => refused,
    };
    let ((), ended) = tokio::join!(handle.stop(false), server);
    ended.and(Err(refused))
}

/// Lets the system cut a connection whose client takes nothing for so long. The
/// server itself would hold the answer for as long as the client likes.
fn limit_writing(connection: &dyn Any, limit: Duration) {
    let Some(stream) = connection.downcast_ref::<TcpStream>() else { return };
    let milliseconds = u32::try_from(limit.as_millis()).unwrap_or(u32::MAX);
    if let Err(error) = rustix::net::sockopt::set_tcp_user_timeout(stream, milliseconds) {
        debug!(%error, "a connection has no limit for writing");
    }
}
