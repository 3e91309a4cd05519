//! The queue: the only crate that names apalis.
//!
//! apalis is used as a dispatcher and no more: it says when there is an entry
//! and forgets it when the handler has returned. Retries, leases and crash
//! counts are fields of the job document, so whatever a queue loses or doubles
//! is put right by the reconciler.
//!
//! Invariant: no apalis worker sees an error. One that does drops the jobs it
//! has in hand, so the desk keeps errors from it.

mod carrier;
mod desk;
mod entry;
mod hands;
mod pause;
mod poll;
mod redis;
mod source;
mod sqlite;
mod trouble;
mod turns;
mod worker;

use std::sync::Arc;

use recap_config::{Config, QueueBackend};
use recap_core::ports::{Queue, QueueError};

pub use redis::advice;

/// Opens the configured queue. The only `match` on [`QueueBackend`].
///
/// A Redis that does not answer is not waited for: the queue is there when the
/// server is.
///
/// # Errors
///
/// The queue cannot be opened or brought up to date; the source says why.
pub async fn connect(config: &Config) -> Result<Arc<dyn Queue>, QueueError> {
    Ok(match config.queue_backend() {
        QueueBackend::Redis => Arc::new(redis::RedisQueue::connect(config)?),
        QueueBackend::Sqlite | QueueBackend::Auto => {
            Arc::new(sqlite::SqliteQueue::open(config).await?)
        }
    })
}
