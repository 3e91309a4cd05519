//! The API over a real socket, with fakes behind it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod app;
mod away;
mod batches;
mod browsers;
mod cancel;
mod changed_limits;
mod client;
mod delete;
mod deliveries;
mod docs;
mod endpoints;
mod errors;
mod events;
mod extras;
mod health;
mod hit;
mod hostile;
mod hosts;
mod idempotency;
mod jobs;
mod keyed;
mod keys;
mod limits;
mod lint;
mod list;
mod metrics;
mod operator;
mod outage;
mod own;
mod places;
mod polls;
mod prefer;
mod probe;
mod products;
mod retry;
mod server;
mod short;
mod spec;
mod submit;
mod tenants;
mod tokens;
mod videos;
mod wait;
