//! A store in memory that keeps the whole contract of its ports.

mod jobs;
mod keys;
mod record;
mod replies;
mod webhooks;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard};

use jiff::Timestamp;
use recap_core::key::{ApiKey, KeyId};
use recap_core::ports::{Control, Lease, StoreError};
use recap_core::transcript::Transcript;
use recap_core::webhook::{Delivery, DeliveryId, Endpoint, EndpointId};
use recap_core::{Job, JobId};

use self::record::Record;
use self::replies::HeldReply;
use super::told_to_fail;

/// A holder and until when.
type Role = (String, Timestamp);

#[derive(Debug, Default)]
struct State {
    jobs: BTreeMap<JobId, Record>,
    leaders: BTreeMap<String, JobId>,
    roles: BTreeMap<String, Role>,
    control: Control,
    endpoints: BTreeMap<EndpointId, Endpoint>,
    deliveries: BTreeMap<DeliveryId, Delivery>,
    keys: BTreeMap<KeyId, ApiKey>,
    replies: BTreeMap<String, HeldReply>,
}

impl State {
    /// With all that is kept for them.
    fn remove(&mut self, gone: &[JobId]) {
        self.jobs.retain(|id, _| !gone.contains(id));
        self.leaders.retain(|_, job| !gone.contains(job));
    }
}

/// Jobs, messages, keys and answers in maps. Every call is one step, as it would
/// be one query.
#[derive(Debug, Default)]
pub struct MemoryStore {
    state: Mutex<State>,
    failing: AtomicBool,
    hanging: AtomicBool,
    finds: AtomicUsize,
}

impl MemoryStore {
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on every call fails, or works again.
    pub fn fail(&self, failing: bool) {
        self.failing.store(failing, Ordering::SeqCst);
    }

    /// From now on no call comes back, or all do again.
    pub fn hang(&self, hanging: bool) {
        self.hanging.store(hanging, Ordering::SeqCst);
    }

    /// The job as it is, if there is one; does not fail.
    pub fn job(&self, id: JobId) -> Option<Job> {
        self.lock().jobs.get(&id).map(|it| it.job.clone())
    }

    /// Creates or replaces a job without asking for a lease, to set a scene.
    pub fn put(&self, job: Job) {
        self.lock().jobs.insert(job.id, Record::new(job, false));
    }

    /// How often a job was looked for.
    pub fn finds(&self) -> usize {
        self.finds.load(Ordering::SeqCst)
    }

    /// All messages, whoever's, in order of their ids.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.lock().deliveries.values().cloned().collect()
    }

    /// Keeps a transcript without asking for a lease, to set a scene.
    pub fn put_transcript_of(&self, id: JobId, transcript: Transcript) {
        self.lock().jobs.get_mut(&id).expect("a known job").transcript = Some(transcript);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("not poisoned")
    }

    async fn state(&self) -> Result<MutexGuard<'_, State>, StoreError> {
        if self.hanging.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        if self.failing.load(Ordering::SeqCst) {
            return Err(StoreError(told_to_fail()));
        }
        Ok(self.lock())
    }

    /// Lets `change` happen if the lease still holds, and says whether it did.
    async fn with_lease(
        &self,
        lease: Lease,
        change: impl FnOnce(&mut Record),
    ) -> Result<bool, StoreError> {
        let mut state = self.state().await?;
        let Some(record) = state.jobs.get_mut(&lease.job).filter(|it| it.is_held_by(lease)) else {
            return Ok(false);
        };
        change(record);
        record.job.revision += 1;
        Ok(true)
    }
}
