//! Logs, metrics and the HTTP client: what every process needs before it does
//! anything.
//!
//! Invariant: no other crate declares metrics, or sets up logging, cryptography
//! or HTTP clients.

pub mod http;
pub mod logs;
pub mod metrics;
