//! Both queues keep the contract, and do what apalis alone would not.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod redis;
mod scene;
mod sqlite;
