//! Logs and the HTTP client: what every process needs before it does anything.
//!
//! Invariant: no other crate sets up logging, cryptography or HTTP clients.

pub mod http;
pub mod logs;
