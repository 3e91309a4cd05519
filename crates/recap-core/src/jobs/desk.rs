//! What gateways and workers do alike: end jobs that wait, and tell of it.
//!
//! Invariant: an ended job whose webhooks have not been told is found by
//! [`crate::ports::Store::list_untold`] until they have; so whoever ends a job
//! may die before it tells. Messages have ids that follow from what they tell,
//! so telling twice makes no second message.

mod children;
mod messages;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tracing::{info, warn};

pub(super) use self::children::count;
use self::messages::Message;
pub use self::messages::{Lost, Recovery};
use super::time::later;
use crate::error::ErrorCode;
use crate::job::{Job, JobId, JobKind, Status, Told};
use crate::ports::{Cancel, Events, JobEvent, Queue, Store, StoreError, Webhooks};
use crate::webhook::{self, DeliveryId, Endpoint, EventType, Target};

/// The ports, and how long things are kept.
#[derive(Clone)]
pub struct Desk {
    pub store: Arc<dyn Store>,
    pub webhooks: Arc<dyn Webhooks>,
    pub queue: Arc<dyn Queue>,
    pub events: Arc<dyn Events>,
    /// How long an ended job is kept.
    pub keep_jobs: Duration,
    /// How long a message is kept.
    pub keep_messages: Duration,
    /// Goes before the paths in messages; may be empty.
    pub public_url: String,
}

impl Desk {
    /// Who is told of `event` of `job`.
    pub async fn targets(&self, job: &Job, event: EventType) -> Result<Vec<Target>, StoreError> {
        Ok(targets(job, event, &self.webhooks.list_endpoints(&job.owner).await?))
    }

    /// Makes a message about `event`, which happened `at`, for each target.
    pub async fn tell(
        &self,
        job: &Job,
        event: EventType,
        at: Timestamp,
        targets: Vec<Target>,
    ) -> Result<(), StoreError> {
        let payload = webhook::job_event(event, job, at, &self.public_url);
        for target in targets {
            // What is said of progress differs each time.
            let of = [&job.id.to_string(), &event.to_string(), &address(&target)];
            let id = DeliveryId::derived(at, &of.map(String::as_str));
            let message = Message { id, event, job: Some(job.id), payload: payload.clone(), at };
            self.send(&job.owner, target, message).await?;
        }
        Ok(())
    }

    /// Tells of the end of `job`, once. Does nothing for one that is open. That of
    /// a batch is told when all its jobs have ended, and those of one that was
    /// canceled are canceled first: so whoever dies over it, the reconciler goes on.
    pub async fn tell_end(&self, job: &Job, now: Timestamp) -> Result<(), StoreError> {
        if job.kind != JobKind::Batch || job.told == Told::End || !job.status.is_terminal() {
            return self.tell_once(job).await;
        }
        // Seldom, and large: it goes through all jobs of the batch.
        match Box::pin(self.settle(job, now)).await? {
            Some(counts) => self.tell_once(&Job { counts, ..job.clone() }).await,
            None => Ok(()),
        }
    }

    async fn tell_once(&self, job: &Job) -> Result<(), StoreError> {
        let Some(event) = EventType::of_end(job.kind, job.status) else { return Ok(()) };
        if job.told == Told::End {
            return Ok(());
        }
        let targets = self.targets(job, event).await?;
        self.tell(job, event, job.completed_at.unwrap_or(job.created_at), targets).await?;
        self.store.set_told(job.id, Told::End).await
    }

    /// Asks for the end of a job: one that waits has ended, one that runs will be
    /// ended by its worker. [`Desk::follow_up`] tells of it.
    pub async fn cancel(&self, id: JobId, now: Timestamp) -> Result<Cancel, StoreError> {
        let forget_at = later(now, self.keep_jobs);
        let outcome = self.store.cancel(id, &ErrorCode::Canceled.into(), now, forget_at).await?;
        match outcome {
            Cancel::Canceled => {
                info!(job.id = %id, job.status = %Status::Canceled, "job ended");
                let changed = JobEvent::Changed { job: id, status: Status::Canceled };
                self.events.publish(changed).await;
            }
            Cancel::Requested => {
                self.events.publish(JobEvent::CancelRequested { job: id }).await;
            }
            Cancel::Finished | Cancel::Missing => {}
        }
        Ok(outcome)
    }

    /// Tells the webhooks and the batch of a job that ended without a worker.
    /// Returns it.
    ///
    /// # Errors
    ///
    /// When the store does not answer; the reconciler goes on with it then.
    pub async fn follow_up(&self, id: JobId, now: Timestamp) -> Result<Option<Job>, StoreError> {
        let Some(job) = self.store.find(id).await? else { return Ok(None) };
        self.tell_end(&job, now).await?;
        self.wake_batch(&job).await;
        Ok(Some(job))
    }

    /// Tells everyone of a job that ended without a worker: those who wait for it
    /// here, its batch, its webhooks. Returns it, if it could be read.
    pub(super) async fn ended(&self, id: JobId, status: Status, now: Timestamp) -> Option<Job> {
        self.events.publish(JobEvent::Changed { job: id, status }).await;
        match self.follow_up(id, now).await {
            Ok(job) => job,
            Err(error) => {
                warn!(job.id = %id, error = %error.0, "webhooks are told later");
                None
            }
        }
    }

    /// As [`Desk::tell_end`]; what fails is done by the reconciler.
    pub(super) async fn tell_or_leave(&self, job: &Job, now: Timestamp) {
        if let Err(error) = self.tell_end(job, now).await {
            warn!(job.id = %job.id, error = %error.0, "webhooks are told later");
        }
    }

    /// Wakes the batch of `job` if no other job of it is open.
    pub(super) async fn wake_batch(&self, job: &Job) {
        let Some(batch) = job.batch else { return };
        let now = job.completed_at.unwrap_or(job.created_at);
        if let Err(error) = self.wake_if_done(batch, now).await {
            warn!(batch.id = %batch, error = %error.0, "the batch looks for itself later");
        }
    }

    async fn wake_if_done(&self, batch: JobId, now: Timestamp) -> Result<(), StoreError> {
        if self.store.count_batch(batch).await?.open() > 0 {
            return Ok(());
        }
        match self.store.wake(batch, now).await? {
            Some(entry) => self.push(entry).await,
            // One that has ended waits for this to tell of it.
            None => {
                if let Some(batch) = self.store.find(batch).await? {
                    self.tell_end(&batch, now).await?;
                }
            }
        }
        Ok(())
    }
}

/// Who of `endpoints`, which are those of its owner, and of the job's own is told of
/// `event`.
pub(super) fn targets(job: &Job, event: EventType, endpoints: &[Endpoint]) -> Vec<Target> {
    let wanting = endpoints.iter().filter(|it| it.wants(event));
    let mut targets: Vec<Target> = wanting.map(|it| Target::Endpoint { id: it.id }).collect();
    if let Some(own) = job.webhook.as_ref().filter(|it| it.wants(event)) {
        targets.push(Target::Url { url: own.url.clone(), key: own.key });
    }
    targets
}

fn address(target: &Target) -> String {
    match target {
        Target::Endpoint { id } => id.to_string(),
        Target::Url { url, .. } => url.clone(),
    }
}
