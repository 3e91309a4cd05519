//! The HTTP API: parse, one or two port calls, answer.
//!
//! Invariant: the gateway does no work. It holds a store, a queue, the events
//! and a cache; media and summarisers are not among its dependencies.

mod body;
mod capacity;
mod context;
mod copies;
mod error;
mod extract;
mod frame;
mod lanes;
mod openapi;
mod reach;
mod request_id;
mod role;
mod routes;
mod server;
mod wait;

pub use body::{Language, job_json};
pub use context::{Collect, State};
pub use error::status_of;
pub use openapi::openapi;
pub use role::{process, role};
pub use server::{bind, serve};
