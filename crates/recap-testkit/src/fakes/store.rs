//! A store in memory that keeps the whole contract of the port.

mod entry;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use recap_core::ports::{
    Cancel, Claim, JobFilter, JobPage, Lease, Release, Renewal, Store, StoreError,
};
use recap_core::summary::SegmentNotes;
use recap_core::transcript::Transcript;
use recap_core::{Failure, Job, JobId};

use self::entry::Entry;
use super::told_to_fail;

type Entries = BTreeMap<JobId, Entry>;

/// Jobs in a map. Every call is one step, as it would be one query.
#[derive(Debug, Default)]
pub struct MemoryStore {
    entries: Mutex<Entries>,
    failing: AtomicBool,
    hanging: AtomicBool,
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
        self.entries.lock().expect("not poisoned").get(&id).map(|it| it.job.clone())
    }

    /// Creates or replaces a job without asking for a lease, to set a scene.
    pub fn put(&self, job: Job) {
        self.entries.lock().expect("not poisoned").insert(job.id, Entry::new(job));
    }

    /// Keeps a transcript without asking for a lease, to set a scene.
    pub fn put_transcript_of(&self, id: JobId, transcript: Transcript) {
        let mut entries = self.entries.lock().expect("not poisoned");
        entries.get_mut(&id).expect("a known job").transcript = Some(transcript);
    }

    async fn entries(&self) -> Result<MutexGuard<'_, Entries>, StoreError> {
        if self.hanging.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        if self.failing.load(Ordering::SeqCst) {
            return Err(StoreError(told_to_fail()));
        }
        Ok(self.entries.lock().expect("not poisoned"))
    }

    /// Lets `change` happen if the lease still holds, and says whether it did.
    async fn with_lease(
        &self,
        lease: Lease,
        change: impl FnOnce(&mut Entry),
    ) -> Result<bool, StoreError> {
        let mut entries = self.entries().await?;
        let Some(entry) = entries.get_mut(&lease.job).filter(|it| it.is_held_by(lease)) else {
            return Ok(false);
        };
        change(entry);
        entry.job.revision += 1;
        Ok(true)
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn insert(&self, job: &Job) -> Result<(), StoreError> {
        self.entries().await?.entry(job.id).or_insert_with(|| Entry::new(job.clone()));
        Ok(())
    }

    async fn find(&self, id: JobId) -> Result<Option<Job>, StoreError> {
        Ok(self.entries().await?.get(&id).map(|it| it.job.clone()))
    }

    async fn list(&self, filter: &JobFilter) -> Result<JobPage, StoreError> {
        let entries = self.entries().await?;
        let newest_first = entries.values().rev().filter(|it| it.is_listed_by(filter));
        let mut jobs: Vec<Job> =
            newest_first.take(filter.limit + 1).map(Entry::without_result).collect();
        let has_more = jobs.len() > filter.limit;
        jobs.truncate(filter.limit);
        Ok(JobPage { jobs, has_more })
    }

    async fn count_open(&self) -> Result<u64, StoreError> {
        let open = self.entries().await?.values().filter(|it| !it.job.status.is_terminal()).count();
        Ok(open as u64)
    }

    async fn claim(
        &self,
        id: JobId,
        now: Timestamp,
        lease: Duration,
    ) -> Result<Option<Claim>, StoreError> {
        let mut entries = self.entries().await?;
        Ok(entries.get_mut(&id).filter(|it| it.is_due(now)).map(|it| it.claim(now, lease)))
    }

    async fn renew(&self, lease: Lease, until: Timestamp) -> Result<Renewal, StoreError> {
        let mut entries = self.entries().await?;
        Ok(match entries.get_mut(&lease.job).filter(|it| it.is_held_by(lease)) {
            Some(entry) => entry.renew(until),
            None => Renewal::Lost,
        })
    }

    async fn save(&self, lease: Lease, job: &Job) -> Result<bool, StoreError> {
        self.with_lease(lease, |it| it.save(job)).await
    }

    async fn release(
        &self,
        lease: Lease,
        release: &Release,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.with_lease(lease, |it| it.release(release, now)).await
    }

    async fn finish(&self, lease: Lease, job: &Job) -> Result<bool, StoreError> {
        self.with_lease(lease, |it| it.finish(job)).await
    }

    async fn cancel(
        &self,
        id: JobId,
        failure: &Failure,
        now: Timestamp,
        forget_at: Timestamp,
    ) -> Result<Cancel, StoreError> {
        let mut entries = self.entries().await?;
        Ok(entries.get_mut(&id).map_or(Cancel::Missing, |it| it.cancel(failure, now, forget_at)))
    }

    async fn put_transcript(
        &self,
        lease: Lease,
        transcript: &Transcript,
    ) -> Result<bool, StoreError> {
        self.with_lease(lease, |it| it.put_transcript(transcript)).await
    }

    async fn find_transcript(&self, id: JobId) -> Result<Option<Transcript>, StoreError> {
        Ok(self.entries().await?.get(&id).and_then(|it| it.transcript.clone()))
    }

    async fn put_notes(&self, lease: Lease, notes: &SegmentNotes) -> Result<bool, StoreError> {
        self.with_lease(lease, |it| it.put_notes(notes)).await
    }

    async fn list_notes(&self, id: JobId) -> Result<Vec<SegmentNotes>, StoreError> {
        let entries = self.entries().await?;
        Ok(entries.get(&id).map(|it| it.notes.values().cloned().collect()).unwrap_or_default())
    }

    async fn take_stale(
        &self,
        now: Timestamp,
        patience: Duration,
        limit: usize,
    ) -> Result<Vec<Job>, StoreError> {
        let mut entries = self.entries().await?;
        let stale = entries.values_mut().filter(|it| it.is_stale(now, patience)).take(limit);
        Ok(stale.map(|it| it.name_stale(now)).collect())
    }

    async fn expire(
        &self,
        now: Timestamp,
        failure: &Failure,
        forget_at: Timestamp,
        limit: usize,
    ) -> Result<Vec<JobId>, StoreError> {
        let mut entries = self.entries().await?;
        let over = |it: &&mut Entry| it.is_held_by_nobody(now) && it.job.expires_at <= now;
        let expired = entries.values_mut().filter(over).take(limit);
        Ok(expired.map(|it| it.expire(failure, now, forget_at)).collect())
    }

    async fn forget(&self, now: Timestamp, limit: usize) -> Result<u64, StoreError> {
        let mut entries = self.entries().await?;
        let over = |it: &&Entry| it.job.status.is_terminal() && it.job.expires_at <= now;
        let gone: Vec<JobId> =
            entries.values().filter(over).take(limit).map(|it| it.job.id).collect();
        entries.retain(|id, _| !gone.contains(id));
        Ok(gone.len() as u64)
    }
}
