//! How a receiver answers.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::stream::{self, Stream, StreamExt as _};
use hyper::StatusCode;
use hyper::header::{CONTENT_LENGTH, HeaderName, HeaderValue, LOCATION, RETRY_AFTER};
use serde::{Deserialize, Serialize};
use tokio::time::sleep;

use super::shared::Shared;
use crate::http::{self, Dropped, Reply};

const TEXT: &str = "text/plain; charset=utf-8";

/// Length of [`Answer::Big`], in bytes.
const BIG: u64 = 10 << 20;
const PIECE: &[u8] = &[b'x'; 16 << 10];

/// Bytes of [`Answer::Drip`], and how long each of them takes.
const DRIPS: u64 = 1000;
const DRIP: Duration = Duration::from_millis(100);

/// What a request meets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// This status; one that does not exist is 500.
    Status(u16),
    /// 302 to this URL.
    Redirect(String),
    /// This status, and the header `Retry-After` as it is here.
    RetryAfter { status: u16, value: String },
    /// This status, and the wish not to be sent the message again.
    Abort(u16),
    /// 200 with exactly this text.
    Text(String),
    /// 200 with 10 MB.
    Big,
    /// 200 with a byte every 100 milliseconds, 100 seconds long.
    Drip,
    /// Nothing, for ever.
    Hang,
    /// The connection is closed.
    Close,
}

impl Answer {
    pub(super) async fn deliver(self, shared: &Arc<Shared>) -> Result<Reply, Dropped> {
        Ok(match self {
            Self::Status(status) => plain(status),
            Self::Redirect(url) => with(plain(302), LOCATION, &url),
            Self::RetryAfter { status, value } => with(plain(status), RETRY_AFTER, &value),
            Self::Abort(status) => {
                let name = HeaderName::from_static("webhook-delivery");
                with(plain(status), name, "abort-message")
            }
            Self::Text(text) => http::reply(StatusCode::OK, TEXT, text),
            Self::Big => sized(BIG, big(shared.clone())),
            Self::Drip => sized(DRIPS, drip(shared.clone())),
            Self::Hang => pending().await,
            Self::Close => return Err(Dropped),
        })
    }
}

fn plain(status: u16) -> Reply {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    http::reply(status, TEXT, status.canonical_reason().unwrap_or_default())
}

fn with(mut reply: Reply, name: HeaderName, value: &str) -> Reply {
    // What no header can hold is left out, so that a script cannot end the server.
    if let Ok(value) = HeaderValue::from_str(value) {
        reply.headers_mut().insert(name, value);
    }
    reply
}

fn sized(length: u64, bytes: impl Stream<Item = Bytes> + Send + 'static) -> Reply {
    let mut reply = http::stream(StatusCode::OK, TEXT, bytes.map(Ok));
    reply.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    reply
}

fn big(shared: Arc<Shared>) -> impl Stream<Item = Bytes> {
    stream::unfold((shared, 0), async |(shared, sent)| {
        (sent < BIG).then(|| {
            let more = shared.sent(PIECE.len());
            (Bytes::from_static(PIECE), (shared, sent + more))
        })
    })
}

fn drip(shared: Arc<Shared>) -> impl Stream<Item = Bytes> {
    stream::unfold((shared, 0), async |(shared, sent)| {
        if sent == DRIPS {
            return None;
        }
        sleep(DRIP).await;
        shared.sent(1);
        Some((Bytes::from_static(b"."), (shared, sent + 1)))
    })
}
