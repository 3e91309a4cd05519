//! Somebody's server that is told of jobs, good or bad.
//!
//! Every path takes messages with 200, unless it is told otherwise. Control, in
//! plain HTTP: `GET /__requests`, `POST /__reset` and `POST /__script {"path":
//! "/hook", "answers": [{"status": 500}, "hang"], "then": {"status": 410}}`,
//! which answers the next two requests so, and all that come after.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::net::TcpSocket;

use crate::server::Server;

mod answer;
mod record;
mod router;
mod shared;

pub use answer::Answer;
pub use record::ReceivedRequest;
use shared::Shared;

/// What the kernel holds of an answer that nobody reads, in bytes; by itself it
/// would take megabytes, and hide whether somebody reads them.
const SEND_BUFFER: u32 = 32 << 10;

/// Connections that may wait to be accepted.
const BACKLOG: u32 = 1024;

/// A receiver of messages on a port of loopback.
pub struct Receiver {
    shared: Arc<Shared>,
    server: Server,
}

impl Receiver {
    /// Starts on `127.0.0.1:port` (0 = any free port).
    ///
    /// # Errors
    ///
    /// If the port is taken.
    #[expect(clippy::unused_async, reason = "started like the other simulators")]
    pub async fn start(port: u16) -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.set_reuseaddr(true)?;
        socket.set_send_buffer_size(SEND_BUFFER)?;
        socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
        let shared = Arc::new(Shared::new());
        let serving = shared.clone();
        let handle = move |stream| router::serve(serving.clone(), stream);
        Ok(Self { shared, server: Server::on(socket.listen(BACKLOG)?, handle)? })
    }

    pub fn port(&self) -> u16 {
        self.server.port()
    }

    /// Where messages for `path` go: `http://127.0.0.1:PORT/hook`.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port())
    }

    /// The next requests for `path` are answered so, one by one, after those
    /// that are scripted already.
    pub fn script(&self, path: &str, answers: impl IntoIterator<Item = Answer>) {
        self.shared.script(path, answers);
    }

    /// All requests for `path` are answered so once its script is over, until
    /// [`Self::reset`].
    pub fn always(&self, path: &str, answer: Answer) {
        self.shared.always(path, answer);
    }

    /// What arrived, oldest first; only the last 10 000 requests are kept. A
    /// request is in it once its body is read, whether or not it is answered.
    pub fn requests(&self) -> Vec<ReceivedRequest> {
        self.shared.requests.list()
    }

    /// Waits until `count` requests have arrived since the start or the last
    /// reset; for ever, if they do not.
    pub async fn wait_for(&self, count: usize) -> Vec<ReceivedRequest> {
        self.shared.wait_for(count).await;
        self.requests()
    }

    /// Bytes of long answers that connections have taken so far: what clients
    /// have read, and a few hundred kilobytes on the way to them.
    pub fn sent_bytes(&self) -> u64 {
        self.shared.sent_bytes()
    }

    /// Forgets requests and scripts.
    pub fn reset(&self) {
        self.shared.reset();
    }

    /// Closes every connection, also those that hang on purpose, and waits for
    /// the tasks behind them.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}
