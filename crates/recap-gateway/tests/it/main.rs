//! The API over a real socket, with fakes behind it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod app;
mod away;
mod cancel;
mod client;
mod errors;
mod health;
mod hostile;
mod jobs;
mod list;
mod metrics;
mod outage;
mod places;
mod probe;
mod products;
mod server;
mod spec;
mod submit;
mod wait;
