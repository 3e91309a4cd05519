//! A job in hand: the document being worked on and the right to write it.

use std::pin::pin;
use std::time::Duration;

use jiff::Timestamp;
use tracing::warn;

use super::context::JobContext;
use super::desk::targets;
use super::error::JobError;
use super::time::since;
use crate::job::{Job, JobKind, Stage, StageTime, Told};
use crate::ports::{JobEvent, Lease, StoreError};
use crate::summary::SegmentNotes;
use crate::webhook::EventType;

/// A claimed job. Whatever is to survive a crash goes through [`Run::save`].
pub(super) struct Run<'a> {
    pub(super) cx: &'a JobContext,
    pub(super) job: Job,
    pub(super) lease: Lease,
    /// Since when nothing was told of its progress; `None` if nobody asked.
    quiet_since: Option<Timestamp>,
    /// When the document was last written.
    saved_at: Timestamp,
    /// The document says less than what is known.
    unsaved: bool,
    /// Notes that are yet to be written.
    notes: Vec<SegmentNotes>,
}

/// What is known for so long is worth writing, though it could be found out again.
const SOON: Duration = Duration::from_millis(250);

impl<'a> Run<'a> {
    pub(super) fn new(cx: &'a JobContext, job: Job, lease: Lease) -> Self {
        let saved_at = cx.now();
        Self { cx, job, lease, quiet_since: None, saved_at, unsaved: false, notes: Vec::new() }
    }

    /// Writes what is known so far and tells who waits.
    pub(super) async fn save(&mut self) -> Result<(), JobError> {
        self.put_notes().await?;
        let save = || self.cx.store.save(self.lease, &self.job);
        if !self.cx.insist(save).await? {
            return Err(JobError::Lost);
        }
        (self.saved_at, self.unsaved) = (self.cx.now(), false);
        self.publish().await;
        self.tell_progress().await;
        Ok(())
    }

    /// Tells webhooks that the job has begun, once in its life, and finds out
    /// whether any wants to hear of its progress.
    pub(super) async fn tell_start(&mut self) {
        let (desk, now) = (self.cx.desk(), self.cx.now());
        let told = async {
            let endpoints = desk.webhooks.list_endpoints(&self.job.owner).await?;
            let progress = targets(&self.job, EventType::JobProgress, &endpoints);
            self.quiet_since = (!progress.is_empty()).then_some(now);
            if self.job.told != Told::Nothing || self.job.kind == JobKind::Batch {
                return Ok(());
            }
            let targets = targets(&self.job, EventType::JobStarted, &endpoints);
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

    /// Enters `stage`, which may be over in less time than it takes to write that:
    /// [`Run::during`] does if it is not.
    pub(super) fn pass_to(&mut self, stage: Stage) {
        self.job.progress.stage = stage;
        self.unsaved = true;
    }

    /// The same when a segment is done: it is written with the document.
    pub(super) fn note(&mut self, notes: SegmentNotes) {
        if self.job.progress.segments_done == 0 {
            let after = since(self.job.created_at, self.cx.now());
            self.cx.observer.first_notes(&self.job, after);
        }
        self.notes.push(notes);
        self.job.progress.segments_done += 1;
        self.unsaved = true;
    }

    /// Takes over `notes`, to be written with the document.
    pub(super) fn owe(&mut self, notes: Vec<SegmentNotes>) {
        self.notes.extend(notes);
    }

    /// Writes the notes that are not written yet.
    pub(super) async fn put_notes(&mut self) -> Result<(), JobError> {
        if self.notes.is_empty() {
            return Ok(());
        }
        let put = || self.cx.store.put_notes(self.lease, &self.notes);
        if !self.cx.insist(put).await? {
            return Err(JobError::Lost);
        }
        self.notes.clear();
        Ok(())
    }

    /// Whether the last write was long enough ago for another one.
    pub(super) fn is_due(&self) -> bool {
        since(self.saved_at, self.cx.now()) >= SOON
    }

    /// Does `work`; if it takes a while, writes meanwhile what is known. A store that
    /// cannot be written to does not cost what `work` has come to.
    pub(super) async fn during<T>(&mut self, work: impl Future<Output = T>) -> Result<T, JobError> {
        if !self.unsaved {
            return Ok(work.await);
        }
        let mut work = pin!(work);
        tokio::select! {
            biased;
            done = &mut work => return Ok(done),
            () = tokio::time::sleep(SOON) => {}
        }
        let (saved, done) = tokio::join!(self.save(), work);
        match saved {
            Ok(()) => {}
            Err(JobError::Lost) => return Err(JobError::Lost),
            Err(_away) => self.unsaved = true,
        }
        Ok(done)
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
