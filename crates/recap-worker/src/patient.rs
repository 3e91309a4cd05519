//! A store that running jobs wait for while it is away.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::future::BoxFuture;
use jiff::Timestamp;
use recap_core::error::Failure;
use recap_core::job::{Job, JobId, Lane, Owner};
use recap_core::ports::{
    Cancel, Claim, Control, Entry, JobFilter, JobPage, Lease, Release, Renewal, Store, StoreError,
};
use recap_core::summary::SegmentNotes;
use recap_core::transcript::Transcript;
use tokio::time::Instant;
use tracing::{info, warn};

const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Repeats what claims a job and what a running one reads and writes until the store answers, for
/// `outage` at most. While it is away nobody else can claim the job, so waiting
/// costs nothing, and giving up would cost the work. All else is passed on.
pub(crate) struct Patient {
    store: Arc<dyn Store>,
    outage: Duration,
}

impl Patient {
    pub(crate) fn new(store: Arc<dyn Store>, outage: Duration) -> Self {
        Self { store, outage }
    }

    async fn insist<'a, T>(
        &self,
        call: impl Fn() -> BoxFuture<'a, Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let end = Instant::now() + self.outage;
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

#[async_trait]
impl Store for Patient {
    async fn save(&self, lease: Lease, job: &Job) -> Result<bool, StoreError> {
        self.insist(|| self.store.save(lease, job)).await
    }

    async fn release(
        &self,
        lease: Lease,
        release: &Release,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.insist(|| self.store.release(lease, release, now)).await
    }

    async fn finish(&self, lease: Lease, job: &Job) -> Result<bool, StoreError> {
        self.insist(|| self.store.finish(lease, job)).await
    }

    async fn put_transcript(
        &self,
        lease: Lease,
        transcript: &Transcript,
    ) -> Result<bool, StoreError> {
        self.insist(|| self.store.put_transcript(lease, transcript)).await
    }

    async fn find_transcript(&self, id: JobId) -> Result<Option<Transcript>, StoreError> {
        self.insist(|| self.store.find_transcript(id)).await
    }

    async fn put_notes(&self, lease: Lease, notes: &SegmentNotes) -> Result<bool, StoreError> {
        self.insist(|| self.store.put_notes(lease, notes)).await
    }

    async fn list_notes(&self, id: JobId) -> Result<Vec<SegmentNotes>, StoreError> {
        self.insist(|| self.store.list_notes(id)).await
    }

    async fn lead(
        &self,
        lease: Lease,
        work: &str,
        now: Timestamp,
    ) -> Result<Option<JobId>, StoreError> {
        self.insist(|| self.store.lead(lease, work, now)).await
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.store.check().await
    }

    async fn insert(&self, job: &Job, parked: bool) -> Result<(), StoreError> {
        self.store.insert(job, parked).await
    }

    async fn find(&self, id: JobId) -> Result<Option<Job>, StoreError> {
        self.store.find(id).await
    }

    async fn list(&self, filter: &JobFilter) -> Result<JobPage, StoreError> {
        self.store.list(filter).await
    }

    async fn count_open(&self) -> Result<u64, StoreError> {
        self.store.count_open().await
    }

    async fn count_waiting(
        &self,
        lane: &Lane,
        owner: Option<&Owner>,
        limit: u64,
    ) -> Result<u64, StoreError> {
        self.store.count_waiting(lane, owner, limit).await
    }

    async fn has_parked(&self, lane: &Lane, owner: &Owner) -> Result<bool, StoreError> {
        self.store.has_parked(lane, owner).await
    }

    async fn parked_lanes(&self) -> Result<Vec<Lane>, StoreError> {
        self.store.parked_lanes().await
    }

    async fn next_parked(
        &self,
        lane: &Lane,
        after: Option<&Owner>,
    ) -> Result<Option<Owner>, StoreError> {
        self.store.next_parked(lane, after).await
    }

    async fn unpark(
        &self,
        lane: &Lane,
        owner: &Owner,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<Entry>, StoreError> {
        self.store.unpark(lane, owner, limit, now).await
    }

    async fn claim(
        &self,
        id: JobId,
        now: Timestamp,
        lease: Duration,
    ) -> Result<Option<Claim>, StoreError> {
        let began = Instant::now();
        let claim = || self.store.claim(id, now + began.elapsed(), lease);
        // A claim whose answer got lost is found again when its lease ends.
        self.insist(claim).await
    }

    async fn renew(&self, lease: Lease, until: Timestamp) -> Result<Renewal, StoreError> {
        self.store.renew(lease, until).await
    }

    async fn cancel(
        &self,
        id: JobId,
        failure: &Failure,
        now: Timestamp,
        forget_at: Timestamp,
    ) -> Result<Cancel, StoreError> {
        self.store.cancel(id, failure, now, forget_at).await
    }

    async fn take_stale(
        &self,
        now: Timestamp,
        patience: Duration,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        self.store.take_stale(now, patience, limit).await
    }

    async fn expire(
        &self,
        now: Timestamp,
        failure: &Failure,
        forget_at: Timestamp,
        limit: usize,
    ) -> Result<Vec<JobId>, StoreError> {
        self.store.expire(now, failure, forget_at, limit).await
    }

    async fn forget(&self, now: Timestamp, limit: usize) -> Result<u64, StoreError> {
        self.store.forget(now, limit).await
    }

    async fn take_followers(
        &self,
        leader: JobId,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        self.store.take_followers(leader, now, limit).await
    }

    async fn hold(
        &self,
        name: &str,
        holder: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        self.store.hold(name, holder, now, until).await
    }

    async fn control(&self) -> Result<Control, StoreError> {
        self.store.control().await
    }

    async fn set_control(&self, control: &Control) -> Result<(), StoreError> {
        self.store.set_control(control).await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use recap_core::JobKind;
    use recap_core::ports::Store as _;
    use recap_testkit::fakes::MemoryStore;
    use recap_testkit::samples;
    use tokio::time::Instant;

    use super::Patient;

    const OUTAGE: Duration = Duration::from_mins(2);

    #[tokio::test(start_paused = true)]
    async fn an_outage_is_sat_out_and_its_time_counts() {
        let store = Arc::new(MemoryStore::new());
        let patient = Patient::new(store.clone(), OUTAGE);
        let job = samples::queued(JobKind::Summary);
        store.insert(&job, false).await.unwrap();
        store.fail(true);
        let back = async {
            tokio::time::sleep(Duration::from_mins(1)).await;
            store.fail(false);
        };
        let now = samples::created_at();
        let lease = Duration::from_secs(20);
        let (claim, ()) = tokio::join!(patient.claim(job.id, now, lease), back);
        let claim = claim.unwrap().unwrap();
        // Claimed when the store was back, for a whole lease.
        let later = now + Duration::from_secs(75);
        assert!(store.claim(job.id, later, lease).await.unwrap().is_none());
        assert!(patient.save(claim.lease, &claim.job).await.unwrap());
    }

    #[tokio::test(start_paused = true)]
    async fn patience_has_an_end() {
        let store = Arc::new(MemoryStore::new());
        store.fail(true);
        let patient = Patient::new(store, OUTAGE);
        let began = Instant::now();
        assert!(patient.list_notes(samples::queued(JobKind::Summary).id).await.is_err());
        assert!(began.elapsed() <= OUTAGE && began.elapsed() > OUTAGE / 2);
    }

    #[tokio::test(start_paused = true)]
    async fn who_only_looks_is_told_at_once() {
        let store = Arc::new(MemoryStore::new());
        store.fail(true);
        let patient = Patient::new(store, OUTAGE);
        let began = Instant::now();
        assert!(patient.find(samples::queued(JobKind::Summary).id).await.is_err());
        assert_eq!(began.elapsed(), Duration::ZERO);
    }
}
