//! Gemini's REST API: believable answers without a model behind them.
//!
//! An answer follows the schema of the request and is made of sentences from its
//! transcript, so that whoever reads it sees whether the right text was sent.
//! A token is four characters, everywhere.
//!
//! Control, in plain HTTP without a key: `GET /__calls`, `GET /__files`, `POST /__reset`,
//! `POST /__delay {"milliseconds": 250}` and `POST /__fault {"fault":
//! "rate_minute", "times": 1}`, or with `"model": "…"` in place of `times`. A
//! request may ask for its own fault with the header `x-simulator-fault: NAME`.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::server::Server;

mod answer;
mod calls;
mod control;
mod delivery;
mod fault;
mod files;
mod generate;
mod models;
mod passage;
mod problem;
mod prompt;
mod router;
mod schema;
mod shared;
mod spelling;
mod tags;
mod wire;

pub(crate) use answer::Answer;
pub use calls::{AskedSegment, CallRecord};
pub use fault::Fault;
pub use files::FileRecord;
pub(crate) use prompt::{Prompt, estimate};
use shared::Shared;
pub(crate) use wire::pieces;

/// A simulated Gemini on a port of loopback.
pub struct Gemini {
    shared: Arc<Shared>,
    server: Server,
}

impl Gemini {
    /// Starts on `127.0.0.1:port` (0 = any free port).
    ///
    /// # Errors
    ///
    /// If the port is taken.
    pub async fn start(port: u16) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let serving = shared.clone();
        let handle = move |stream| router::serve(serving.clone(), stream);
        Ok(Self { shared, server: Server::start(port, handle).await? })
    }

    /// Recap's setting `gemini.base_url`: `http://127.0.0.1:PORT/v1beta`.
    pub fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}/v1beta", self.server.port())
    }

    /// What was asked, oldest first; only the last 10 000 calls are kept. A call
    /// is in it from the moment it arrives, whether or not it is answered yet.
    pub fn calls(&self) -> Vec<CallRecord> {
        self.shared.calls.list()
    }

    /// What was uploaded, oldest first, also what was deleted since.
    pub fn files(&self) -> Vec<FileRecord> {
        self.shared.files.list()
    }

    /// The next `times` generate calls meet this fault, after those already queued.
    pub fn set_fault(&self, fault: Fault, times: u32) {
        self.shared.set_fault(fault, times);
    }

    /// Every generate call to this model meets this fault, until [`Self::reset`].
    pub fn set_model_fault(&self, model: &str, fault: Fault) {
        self.shared.set_model_fault(model, fault);
    }

    /// So many calls to this model are left of the day, until [`Self::reset`].
    pub fn set_quota(&self, model: &str, calls: u32) {
        self.shared.set_quota(model, calls);
    }

    /// Every answer waits this long, refusals too, until [`Self::reset`].
    pub fn set_delay(&self, delay: Duration) {
        self.shared.delay.set(delay);
    }

    /// Forgets calls, faults and the delay.
    pub fn reset(&self) {
        self.shared.reset();
    }

    /// Closes every connection, also those that stall on purpose, and waits for
    /// the tasks behind them.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}
