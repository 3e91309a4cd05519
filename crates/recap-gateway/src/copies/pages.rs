//! What has been written of a job, once for all who ask for the same copy.

use std::sync::OnceLock;

use actix_web::web::Bytes;

/// Answers that are the same for everyone until the job changes.
#[derive(Debug, Default)]
pub(crate) struct Pages {
    summary: OnceLock<Bytes>,
}

impl Pages {
    /// The summary as JSON, as `write` says it if nobody has asked before.
    pub(crate) fn summary<E>(&self, write: impl FnOnce() -> Result<String, E>) -> Result<Bytes, E> {
        if let Some(written) = self.summary.get() {
            return Ok(written.clone());
        }
        let written = Bytes::from(write()?);
        Ok(self.summary.get_or_init(|| written).clone())
    }
}
