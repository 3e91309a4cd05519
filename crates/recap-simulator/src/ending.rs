//! How a streamed answer ends.

use std::io;

use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt};
use hyper::StatusCode;

use crate::http::{self, Reply};

/// What comes after the last text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Proper,
    /// The connection is closed where more should have come.
    Cut,
    /// Nothing more comes, and the connection stays open.
    Stall,
}

/// These texts, piece by piece, and that end.
pub(crate) fn stream(content_type: &'static str, texts: Vec<String>, ending: Ending) -> Reply {
    let chunks = stream::iter(texts.into_iter().map(|it| Ok(Bytes::from(it))));
    let end: BoxStream<'static, io::Result<Bytes>> = match ending {
        Ending::Proper => stream::empty().boxed(),
        Ending::Cut => stream::once(cut()).boxed(),
        Ending::Stall => stream::pending().boxed(),
    };
    http::stream(StatusCode::OK, content_type, chunks.chain(end))
}

/// hyper drops what it has not written yet when a body fails; giving way once
/// lets it write that first.
async fn cut() -> io::Result<Bytes> {
    tokio::task::yield_now().await;
    Err(io::ErrorKind::ConnectionAborted.into())
}
