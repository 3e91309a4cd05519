//! A job in hand: the document being worked on and the right to write it.

use jiff::Timestamp;
use tracing::warn;

use super::context::JobContext;
use super::error::JobError;
use super::time::since;
use crate::job::{Job, JobKind, Stage, StageTime, Told};
use crate::ports::{JobEvent, Lease, StoreError};
use crate::webhook::EventType;

/// A claimed job. Whatever is to survive a crash goes through [`Run::save`].
pub(super) struct Run<'a> {
    pub(super) cx: &'a JobContext,
    pub(super) job: Job,
    pub(super) lease: Lease,
    /// Since when nothing was told of its progress; `None` if nobody asked.
    quiet_since: Option<Timestamp>,
}

impl<'a> Run<'a> {
    pub(super) fn new(cx: &'a JobContext, job: Job, lease: Lease) -> Self {
        Self { cx, job, lease, quiet_since: None }
    }

    /// Writes what is known so far and tells who waits.
    pub(super) async fn save(&mut self) -> Result<(), JobError> {
        let save = || self.cx.store.save(self.lease, &self.job);
        if !self.cx.insist(save).await? {
            return Err(JobError::Lost);
        }
        self.publish().await;
        self.tell_progress().await;
        Ok(())
    }

    /// Tells webhooks that the job has begun, once in its life, and finds out
    /// whether any wants to hear of its progress.
    pub(super) async fn tell_start(&mut self) {
        let (desk, now) = (self.cx.desk(), self.cx.now());
        let told = async {
            let progress = desk.targets(&self.job, EventType::JobProgress).await?;
            self.quiet_since = (!progress.is_empty()).then_some(now);
            if self.job.told != Told::Nothing || self.job.kind == JobKind::Batch {
                return Ok(());
            }
            let targets = desk.targets(&self.job, EventType::JobStarted).await?;
            if targets.is_empty() {
                return Ok(());
            }
            let at = self.job.started_at.unwrap_or(now);
            desk.tell(&self.job, EventType::JobStarted, at, targets).await?;
            self.cx.store.set_told(self.job.id, Told::Start).await?;
            self.job.told = Told::Start;
            Ok::<_, StoreError>(())
        };
        if let Err(error) = told.await {
            warn!(error = %error.0, "webhooks are not told that the job has started");
        }
    }

    /// Tells those who asked how far the job is, not too often. Messages about
    /// progress are not kept in the job: one that is lost is made good for by the
    /// next.
    async fn tell_progress(&mut self) {
        let now = self.cx.now();
        let every = self.cx.policy.webhooks.progress_every;
        if self.quiet_since.is_none_or(|it| since(it, now) < every) {
            return;
        }
        self.quiet_since = Some(now);
        let desk = self.cx.desk();
        let told = async {
            let targets = desk.targets(&self.job, EventType::JobProgress).await?;
            desk.tell(&self.job, EventType::JobProgress, now, targets).await
        };
        if let Err(error) = told.await {
            warn!(error = %error.0, "webhooks are not told of the job's progress");
        }
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
