//! A job in hand: the document being worked on and the right to write it.

use std::time::Duration;

use jiff::Timestamp;

use super::context::JobContext;
use super::error::JobError;
use crate::job::{Job, Stage, StageTime};
use crate::ports::{JobEvent, Lease};

/// A claimed job. Whatever is to survive a crash goes through [`Run::save`].
pub(super) struct Run<'a> {
    pub(super) cx: &'a JobContext,
    pub(super) job: Job,
    pub(super) lease: Lease,
}

impl Run<'_> {
    /// Writes what is known so far and tells who waits.
    pub(super) async fn save(&mut self) -> Result<(), JobError> {
        if !self.cx.store.save(self.lease, &self.job).await? {
            return Err(JobError::Lost);
        }
        self.publish().await;
        Ok(())
    }

    /// Enters `stage` and says so.
    pub(super) async fn enter(&mut self, stage: Stage) -> Result<(), JobError> {
        self.job.progress.stage = stage;
        self.save().await
    }

    /// Notes how long `stage` took since `began`; a resumed stage adds up.
    pub(super) fn took(&mut self, stage: Stage, began: Timestamp) {
        let elapsed = since(began, self.cx.now());
        let milliseconds = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        match self.job.timings.iter_mut().find(|it| it.stage == stage) {
            Some(time) => time.milliseconds += milliseconds,
            None => self.job.timings.push(StageTime { stage, milliseconds }),
        }
    }

    pub(super) async fn publish(&self) {
        let event = JobEvent::Changed { job: self.job.id, status: self.job.status };
        self.cx.events.publish(event).await;
    }
}

/// Time from `began` to `now`; zero if the clock was set back between.
pub(super) fn since(began: Timestamp, now: Timestamp) -> Duration {
    now.duration_since(began).try_into().unwrap_or(Duration::ZERO)
}

/// `delay` after `from`, or the end of time: what others say must not panic.
pub(super) fn later(from: Timestamp, delay: Duration) -> Timestamp {
    from.saturating_add(delay).unwrap_or(Timestamp::MAX)
}
