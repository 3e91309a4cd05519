//! The API over a real socket, with fakes behind it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod app;
mod cancel;
mod client;
mod errors;
mod hostile;
mod jobs;
mod list;
mod outage;
mod products;
mod server;
mod spec;
mod submit;
mod wait;
