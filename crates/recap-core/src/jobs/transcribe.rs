//! The transcript job: captions only.

use super::error::JobError;
use super::run::Run;
use super::{reuse, steps};

/// Safe to run twice: a transcript that is kept is not fetched again.
pub(super) async fn run(run: &mut Run<'_>) -> Result<(), JobError> {
    if !reuse::take_over(run).await? {
        steps::reading(run).await?;
    }
    Ok(())
}
