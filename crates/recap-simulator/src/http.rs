//! Small answers over hyper: what both simulators need of HTTP.

use std::convert::Infallible;
use std::io::{self, Write};

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use futures::Stream;
use futures::stream::StreamExt;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, Limited, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};

pub(crate) type Reply = Response<UnsyncBoxBody<Bytes, io::Error>>;

/// Below this, gzip costs more than it saves.
const COMPRESS_FROM: usize = 1_400;

/// The client gets no answer: the connection is closed under it.
#[derive(Debug, thiserror::Error)]
#[error("the connection is dropped on purpose")]
pub(crate) struct Dropped;

/// Serves one connection until the client leaves.
pub(crate) async fn serve<I, H, F>(io: I, handle: H)
where
    I: AsyncRead + AsyncWrite + Unpin,
    H: Fn(Request<Incoming>) -> F,
    F: Future<Output = Result<Reply, Dropped>>,
{
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(io), service_fn(handle));
    if let Err(error) = connection.await {
        // Clients abort downloads, and some of the scenarios hang up: both are normal here.
        tracing::debug!(%error, "a connection ended early");
    }
}

pub(crate) fn reply(
    status: StatusCode,
    content_type: &'static str,
    body: impl Into<Bytes>,
) -> Reply {
    let body = body.into();
    let length = body.len();
    let mut reply =
        Response::new(Full::new(body).map_err(|never: Infallible| match never {}).boxed_unsync());
    *reply.status_mut() = status;
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    reply.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    reply
}

pub(crate) fn json(status: StatusCode, body: &Value) -> Reply {
    reply(status, "application/json; charset=UTF-8", body.to_string())
}

/// An answer that grows; an `Err` in the stream closes the connection.
pub(crate) fn stream<S>(status: StatusCode, content_type: &'static str, chunks: S) -> Reply
where
    S: Stream<Item = io::Result<Bytes>> + Send + 'static,
{
    let body = StreamBody::new(chunks.map(|it| it.map(Frame::data)));
    let mut reply = Response::new(BodyExt::boxed_unsync(body));
    *reply.status_mut() = status;
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    reply
}

/// Text as this client wants it: in gzip if it says so and it is worth it.
pub(crate) fn text(
    headers: &HeaderMap,
    status: StatusCode,
    content_type: &'static str,
    body: Vec<u8>,
) -> Reply {
    let wanted = headers.get(ACCEPT_ENCODING).and_then(|it| it.to_str().ok());
    if body.len() < COMPRESS_FROM || !wanted.is_some_and(|it| it.contains("gzip")) {
        return reply(status, content_type, body);
    }
    let mut reply = reply(status, content_type, gzip(&body));
    reply.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    reply
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body).and_then(|()| encoder.finish()).expect("a Vec takes every write")
}

/// The whole body, or `None` if it is longer than `limit` bytes or breaks off.
pub(crate) async fn read(body: Incoming, limit: usize) -> Option<Bytes> {
    Some(Limited::new(body, limit).collect().await.ok()?.to_bytes())
}
