//! `/health/live`, `/health/ready`, `/health/pools` and `/metrics` of a process that serves
//! nothing else.

use std::convert::Infallible;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use recap_core::Moment;
use recap_core::ports::{Report, report};
use serde_json::json;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::debug;

use crate::numbers::collect_numbers;
use crate::ports::Ports;

/// How long an answer is good for: anybody may ask, and then others are asked.
const FRESH: Duration = Duration::from_secs(1);

/// Connections at once; further ones wait to be accepted.
const CONNECTIONS: usize = 16;

/// After a connection that could not be accepted.
const PAUSE: Duration = Duration::from_millis(100);

/// How long one may stay open in all.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(30);

/// How long a client may take to send a request's head.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);

/// Answers until `stop` fires.
///
/// # Errors
///
/// When the listener cannot be used.
pub async fn serve(
    listener: TcpListener,
    ports: Ports,
    stop: CancellationToken,
) -> std::io::Result<()> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let slots = Arc::new(Semaphore::new(CONNECTIONS));
    let desk =
        Arc::new(Desk { ports, collected: Moment::new(FRESH), condition: Moment::new(FRESH) });
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let next = async {
            let slot = Arc::clone(&slots).acquire_owned().await.expect("never closed");
            (slot, listener.accept().await)
        };
        let (slot, accepted) = tokio::select! {
            next = next => next,
            () = stop.cancelled() => return Ok(()),
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Out of files, as a rule: trying at once would not help.
                debug!(%error, "a connection could not be accepted");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        let desk = Arc::clone(&desk);
        connections.spawn(async move {
            let _slot = slot;
            let _ = tokio::time::timeout(CONNECTION_TIMEOUT, connection(stream, &desk)).await;
        });
    }
}

/// What questions are answered from.
struct Desk {
    ports: Ports,
    /// The numbers, once they are brought up to date.
    collected: Moment<()>,
    condition: Moment<Report>,
}

async fn connection(stream: TcpStream, desk: &Desk) {
    let service = service_fn(async |request: Request<Incoming>| {
        Ok::<_, Infallible>(answer(&request, desk).await)
    });
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(16 * 1024)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = serving.await {
        debug!(%error, "a connection ended early");
    }
}

async fn answer(request: &Request<Incoming>, desk: &Desk) -> Response<Full<Bytes>> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return problem(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed");
    }
    match request.uri().path() {
        "/health/live" => json_answer(StatusCode::OK, &json!({ "status": "ok" })),
        "/health" | "/health/ready" => ready(desk).await,
        "/health/pools" => json_answer(StatusCode::OK, &json!(desk.ports.pools())),
        "/metrics" => {
            desk.collected.get(&desk.ports.clock, collect_numbers(&desk.ports)).await;
            let text = recap_telemetry::metrics::render();
            typed(StatusCode::OK, "text/plain; version=0.0.4; charset=utf-8", text)
        }
        _ => problem(StatusCode::NOT_FOUND, "not_found"),
    }
}

async fn ready(desk: &Desk) -> Response<Full<Bytes>> {
    let report = desk.condition.get(&desk.ports.clock, report(&desk.ports.probes)).await;
    let status = if report.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    json_answer(status, &json!(report))
}

fn problem(status: StatusCode, code: &str) -> Response<Full<Bytes>> {
    let body = json!({ "status": status.as_u16(), "code": code, "retryable": false });
    typed(status, "application/problem+json", body.to_string())
}

fn json_answer(status: StatusCode, body: &serde_json::Value) -> Response<Full<Bytes>> {
    typed(status, "application/json", body.to_string())
}

fn typed(status: StatusCode, kind: &'static str, body: String) -> Response<Full<Bytes>> {
    let mut answer = Response::new(Full::new(body.into()));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    answer
}
