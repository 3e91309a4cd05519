//! The HTTP API: parse, one or two port calls, answer.
//!
//! Invariant: the gateway does no work. It holds a store, a queue, the events
//! and a cache; media and summarisers are not among its dependencies.

mod access;
mod address;
mod body;
mod capacity;
mod context;
mod control;
mod copies;
mod cursor;
mod docs;
mod error;
mod extract;
mod flags;
mod frame;
mod idempotency;
mod lanes;
mod limit;
mod news;
mod openapi;
mod pace;
mod reach;
mod request_id;
mod role;
mod routes;
mod seats;
mod server;
mod stream;
mod wait;

pub use body::{Language, job_json};
pub use context::{Collect, Look, State};
pub use error::status_of;
pub use openapi::openapi;
pub use role::{check_access, process, role};
pub use server::serve;
