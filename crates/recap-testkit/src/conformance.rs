//! What every adapter of a port must do, whatever is behind it. Each sentence
//! of a contract is a check here; times are given, so nothing sleeps over them.

#![expect(clippy::unwrap_used, reason = "a check fails by panicking")]

pub mod queue;
pub mod shared;
pub mod store;
