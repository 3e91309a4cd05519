//! The queue: the only crate that names apalis.
//!
//! apalis is used as a dispatcher and no more: it says when there is an entry
//! and forgets it when the handler has returned. Retries, leases and crash
//! counts are fields of the job document, so whatever apalis loses or doubles
//! is put right by the reconciler.

mod entry;
mod hands;
mod poll;
mod source;
mod sqlite;
mod worker;

use std::sync::Arc;

use recap_config::{Config, QueueBackend};
use recap_core::ports::{Queue, QueueError};

/// Opens the configured queue. The only `match` on [`QueueBackend`].
///
/// # Errors
///
/// The queue cannot be opened or brought up to date; the source says why.
pub async fn connect(config: &Config) -> Result<Arc<dyn Queue>, QueueError> {
    Ok(match config.queue.backend {
        QueueBackend::Sqlite => Arc::new(sqlite::SqliteQueue::open(config).await?),
    })
}
