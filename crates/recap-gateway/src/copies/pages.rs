//! What has been written of a job, once for all who ask for the same copy.

use std::sync::OnceLock;

use actix_web::web::Bytes;

use crate::flags::Feature;

/// Answers that are the same for everyone for as long as the copy is good.
#[derive(Debug, Default)]
pub(crate) struct Pages {
    job: OnceLock<(Feature, Bytes)>,
    summary: OnceLock<Bytes>,
}

impl Pages {
    /// The job as JSON, which depends on whether the picture of its video is shown.
    pub(crate) fn job<E>(
        &self,
        preview: Feature,
        write: impl FnOnce() -> Result<String, E>,
    ) -> Result<Bytes, E> {
        match self.job.get() {
            Some((shown, written)) if *shown == preview => Ok(written.clone()),
            _ => {
                let written = Bytes::from(write()?);
                // Another way of showing it may have been first.
                let _ = self.job.set((preview, written.clone()));
                Ok(written)
            }
        }
    }

    /// The summary as JSON.
    pub(crate) fn summary<E>(&self, write: impl FnOnce() -> Result<String, E>) -> Result<Bytes, E> {
        if let Some(written) = self.summary.get() {
            return Ok(written.clone());
        }
        let written = Bytes::from(write()?);
        Ok(self.summary.get_or_init(|| written).clone())
    }
}
