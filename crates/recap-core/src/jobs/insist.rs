//! A store that is away is waited for by the jobs that run.

use std::future::Future;
use std::time::Duration;

use tokio::time::Instant;
use tracing::{info, warn};

use super::context::JobContext;
use crate::ports::StoreError;

const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

impl JobContext {
    /// Repeats `call` until the store answers, for [`super::Policy::outage`] at
    /// most. For what claims a job, and what a running one reads and writes:
    /// while the store is away nobody else can claim the job, so waiting costs
    /// nothing, and giving up would cost the work.
    pub(super) async fn insist<T, F>(&self, mut call: impl FnMut() -> F) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        let end = Instant::now() + self.policy.outage;
        let mut pause = FIRST_PAUSE;
        let mut waited = false;
        loop {
            match call().await {
                Ok(done) => {
                    if waited {
                        info!("the store answers again; the job goes on");
                    }
                    return Ok(done);
                }
                Err(error) if Instant::now() + pause > end => return Err(error),
                Err(error) => {
                    if !waited {
                        warn!(error = %error.0, "the store does not answer; the job waits for it");
                    }
                    waited = true;
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }
}
