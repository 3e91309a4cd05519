//! The chat completions of the OpenAI API, as OpenAI, Ollama, llama.cpp, vLLM and
//! OpenRouter serve them: `POST /v1/chat/completions` and `GET /v1/models`.
//!
//! Answers are made like those of the simulated [`Gemini`](crate::gemini::Gemini).
//! The models are `small-1`, `large-1` and `thinker-1`, which thinks. A token is
//! four characters, everywhere.
//!
//! Control, in plain HTTP without a key: `GET /__calls`, `POST /__reset`,
//! `POST /__delay {"milliseconds": 250}`, `POST /__context {"tokens": 4096}` and
//! `POST /__fault {"fault": "rate", "times": 1}`, or with `"model": "…"` in place of
//! `times`. A request may ask for its own fault with the header `x-simulator-fault`.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::server::Server;

mod calls;
mod check;
mod chunks;
mod control;
mod fault;
mod generate;
mod problem;
mod router;
mod shape;
mod shared;
mod translate;

pub use calls::CallRecord;
pub use fault::Fault;
pub use shape::Shape;
use shared::Shared;

/// A simulated server on a port of loopback.
pub struct OpenAi {
    shared: Arc<Shared>,
    server: Server,
}

impl OpenAi {
    /// Starts on `127.0.0.1:port` (0 = any free port), in the manner of `shape`.
    ///
    /// # Errors
    ///
    /// If the port is taken.
    pub async fn start(port: u16, shape: Shape) -> io::Result<Self> {
        let shared = Arc::new(Shared::new(shape));
        let serving = shared.clone();
        let handle = move |stream| router::serve(serving.clone(), stream);
        Ok(Self { shared, server: Server::start(port, handle).await? })
    }

    /// Recap's setting `openai.base_url`: `http://127.0.0.1:PORT/v1`.
    pub fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}/v1", self.server.port())
    }

    /// What was asked, oldest first; only the last 10 000 calls are kept. A call
    /// is in it from the moment it arrives, whether or not it is answered yet.
    pub fn calls(&self) -> Vec<CallRecord> {
        self.shared.calls.list()
    }

    /// The next `times` completions meet this fault, after those already queued.
    pub fn set_fault(&self, fault: Fault, times: u32) {
        self.shared.set_fault(fault, times);
    }

    /// Every completion by this model meets this fault, until [`Self::reset`].
    pub fn set_model_fault(&self, model: &str, fault: Fault) {
        self.shared.set_model_fault(model, fault);
    }

    /// Every answer waits this long, refusals too, until [`Self::reset`].
    pub fn set_delay(&self, delay: Duration) {
        self.shared.delay.set(delay);
    }

    /// What a model takes, prompt and answer together, until [`Self::reset`].
    pub fn set_context_tokens(&self, tokens: u64) {
        self.shared.set_context_tokens(tokens);
    }

    /// Forgets calls, faults, the delay and the context that was set.
    pub fn reset(&self) {
        self.shared.reset();
    }

    /// Closes every connection, also those that stall on purpose, and waits for
    /// the tasks behind them.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}
