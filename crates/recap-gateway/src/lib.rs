//! The HTTP API: parse, one or two port calls, answer.
//!
//! Invariant: the gateway does no work. It holds a store, a queue and the
//! events; media and summarisers are not among its dependencies.

mod body;
mod capacity;
mod context;
mod error;
mod extract;
mod frame;
mod openapi;
mod request_id;
mod routes;
mod server;
mod wait;

pub use body::{Language, job_json};
pub use context::State;
pub use error::status_of;
pub use openapi::openapi;
pub use server::{bind, serve};
