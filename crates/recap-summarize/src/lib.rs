//! Summarisers behind one port: Gemini, servers that speak the OpenAI API, and an
//! extractive one that needs no key and no network.
//!
//! Invariant: whatever a model answers is checked, clamped and cleaned here;
//! nothing that a vendor wrote travels in an error, and no key in a URL or log.

mod calls;
mod chapters;
mod connect;
mod extractive;
mod gemini;
mod model;
mod openai;
mod tidy;

use std::sync::Arc;

use jiff::Timestamp;

pub use connect::{ConnectError, Connected, connect};

/// Says what time it is.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;
