//! Logs, metrics, the HTTP client and a name: what every process needs before it
//! does anything.
//!
//! Invariant: no other crate declares metrics, or sets up logging, cryptography
//! or HTTP clients.

pub mod http;
pub mod logs;
pub mod metrics;
mod process;
pub mod resources;

pub use process::process_name;
