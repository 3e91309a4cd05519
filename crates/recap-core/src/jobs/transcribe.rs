//! The transcript job: captions only.

use super::error::JobError;
use super::run::Run;
use super::steps;

/// Safe to run twice: a transcript that is kept is not fetched again.
pub(super) async fn run(run: &mut Run<'_>) -> Result<(), JobError> {
    steps::transcript(run).await?;
    Ok(())
}
