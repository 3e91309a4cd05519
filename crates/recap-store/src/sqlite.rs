//! The store in one SQLite file: a row for each job, its document beside the
//! columns that queries look at.
//!
//! Every write is one statement, but for a job that comes with its transcript; jobs
//! that come in together share one commit.
//! Those that return rows are read to their end with `fetch_all`: `fetch_optional`
//! lets go of the statement after its first row, and then a failing commit is not
//! reported.

mod cancel;
mod count;
mod export;
mod follow;
mod insert;
mod keys;
mod lease;
mod open;
mod parked;
mod products;
mod read;
mod replies;
mod roles;
mod row;
mod sweep;
#[cfg(test)]
mod tests;
mod told;
mod webhooks;

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use recap_core::error::Failure;
use recap_core::job::{BatchCounts, Job, JobId, Lane, Owner, Told};
use recap_core::ports::{
    Cancel, Claim, Connections, Control, Delete, Entry, JobFilter, JobPage, Lease, Release,
    Renewal, Store, StoreError,
};
use recap_core::summary::SegmentNotes;
use recap_core::transcript::Transcript;
use recap_core::video::{VideoId, VideoMetadata};
use recap_sqlite::{Pool, Together};

pub(crate) use self::export::StoredJob;
use self::insert::Insertion;

/// Jobs with what is kept for them, messages, keys and answers in one SQLite file.
pub(crate) struct SqliteStore {
    /// One connection, for whatever writes.
    writer: Pool,
    inserts: Together<Insertion>,
    /// Never waits for the writer, and it never for them.
    reader: Pool,
}

impl SqliteStore {
    /// Those of the writer and the readers together. Who waits is not known.
    pub(crate) fn connections(&self) -> Connections {
        let mut all = Connections::default();
        for pool in [&self.writer, &self.reader] {
            let (open, in_use, most) = pool.numbers();
            all.open += u64::from(open);
            all.in_use += u64::from(in_use);
            all.limit += u64::from(most);
        }
        all
    }

    async fn add(
        &self,
        job: &Job,
        transcript: Option<&Transcript>,
        parked: bool,
    ) -> Result<(), StoreError> {
        let insertion = Insertion::new(job, transcript, parked).map_err(store_error)?;
        let bytes = insertion.bytes();
        let added = self.inserts.make(&self.writer, insertion, bytes).await;
        added.map_err(|error| StoreError(error.into()))
    }
}

#[async_trait]
impl Store for SqliteStore {
    /// Opening the file has brought it up to date.
    async fn check(&self) -> Result<(), StoreError> {
        read::check(&self.reader).await.map_err(store_error)
    }

    async fn insert(&self, job: &Job, parked: bool) -> Result<(), StoreError> {
        self.add(job, None, parked).await
    }

    async fn insert_with_transcript(
        &self,
        job: &Job,
        transcript: &Transcript,
        parked: bool,
    ) -> Result<(), StoreError> {
        self.add(job, Some(transcript), parked).await
    }

    async fn find(&self, id: JobId) -> Result<Option<Job>, StoreError> {
        read::find(&self.reader, id).await.map_err(store_error)
    }

    async fn list(&self, filter: &JobFilter) -> Result<JobPage, StoreError> {
        read::list(&self.reader, filter).await.map_err(store_error)
    }

    async fn count_open(&self, owner: Option<&Owner>, limit: u64) -> Result<u64, StoreError> {
        count::count_open(&self.reader, owner, limit).await.map_err(store_error)
    }

    async fn count_batch(&self, batch: JobId) -> Result<BatchCounts, StoreError> {
        count::count_batch(&self.reader, batch).await.map_err(store_error)
    }

    async fn find_video(
        &self,
        owner: &Owner,
        video: VideoId,
    ) -> Result<Option<VideoMetadata>, StoreError> {
        read::find_video(&self.reader, owner, video).await.map_err(store_error)
    }

    async fn count_waiting(
        &self,
        lane: &Lane,
        owner: Option<&Owner>,
        limit: u64,
    ) -> Result<u64, StoreError> {
        parked::count_waiting(&self.reader, lane, owner, limit).await.map_err(store_error)
    }

    async fn has_parked(&self, lane: &Lane, owner: &Owner) -> Result<bool, StoreError> {
        parked::has_parked(&self.reader, lane, owner).await.map_err(store_error)
    }

    async fn parked_lanes(&self) -> Result<Vec<Lane>, StoreError> {
        parked::parked_lanes(&self.reader).await.map_err(store_error)
    }

    async fn next_parked(
        &self,
        lane: &Lane,
        after: Option<&Owner>,
    ) -> Result<Option<Owner>, StoreError> {
        parked::next_parked(&self.reader, lane, after).await.map_err(store_error)
    }

    async fn unpark(
        &self,
        lane: &Lane,
        owner: &Owner,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<Entry>, StoreError> {
        parked::unpark(&self.writer, lane, owner, limit, now).await.map_err(store_error)
    }

    async fn claim(
        &self,
        id: JobId,
        now: Timestamp,
        lease: Duration,
    ) -> Result<Option<Claim>, StoreError> {
        lease::claim(&self.writer, id, now, lease).await.map_err(store_error)
    }

    async fn renew(&self, lease: Lease, until: Timestamp) -> Result<Renewal, StoreError> {
        lease::renew(&self.writer, lease, until).await.map_err(store_error)
    }

    async fn save(&self, lease: Lease, job: &Job) -> Result<bool, StoreError> {
        lease::save(&self.writer, lease, job).await.map_err(store_error)
    }

    async fn release(
        &self,
        lease: Lease,
        release: &Release,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        lease::release(&self.writer, lease, release, now).await.map_err(store_error)
    }

    async fn finish(&self, lease: Lease, job: &Job) -> Result<bool, StoreError> {
        lease::finish(&self.writer, lease, job).await.map_err(store_error)
    }

    async fn cancel(
        &self,
        id: JobId,
        failure: &Failure,
        now: Timestamp,
        forget_at: Timestamp,
    ) -> Result<Cancel, StoreError> {
        cancel::cancel(&self.writer, id, failure, now, forget_at).await.map_err(store_error)
    }

    async fn wake(&self, id: JobId, now: Timestamp) -> Result<Option<Entry>, StoreError> {
        follow::wake(&self.writer, id, now).await.map_err(store_error)
    }

    async fn delete(&self, id: JobId) -> Result<Delete, StoreError> {
        sweep::delete(&self.writer, id).await.map_err(store_error)
    }

    async fn set_told(&self, id: JobId, told: Told) -> Result<(), StoreError> {
        told::set_told(&self.writer, id, told).await.map_err(store_error)
    }

    async fn list_untold(
        &self,
        now: Timestamp,
        patience: Duration,
        limit: usize,
    ) -> Result<Vec<Job>, StoreError> {
        told::list_untold(&self.reader, now, patience, limit).await.map_err(store_error)
    }

    async fn put_transcript(
        &self,
        lease: Lease,
        transcript: &Transcript,
    ) -> Result<bool, StoreError> {
        products::put_transcript(&self.writer, lease, transcript).await.map_err(store_error)
    }

    async fn find_transcript(&self, id: JobId) -> Result<Option<Transcript>, StoreError> {
        products::find_transcript(&self.reader, id).await.map_err(store_error)
    }

    async fn put_notes(&self, lease: Lease, notes: &[SegmentNotes]) -> Result<bool, StoreError> {
        products::put_notes(&self.writer, lease, notes).await.map_err(store_error)
    }

    async fn list_notes(&self, id: JobId) -> Result<Vec<SegmentNotes>, StoreError> {
        products::list_notes(&self.reader, id).await.map_err(store_error)
    }

    async fn take_stale(
        &self,
        now: Timestamp,
        patience: Duration,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        sweep::take_stale(&self.writer, now, patience, limit).await.map_err(store_error)
    }

    async fn expire(
        &self,
        now: Timestamp,
        failure: &Failure,
        forget_at: Timestamp,
        limit: usize,
    ) -> Result<Vec<JobId>, StoreError> {
        sweep::expire(&self.writer, now, failure, forget_at, limit).await.map_err(store_error)
    }

    async fn lead(
        &self,
        lease: Lease,
        work: &str,
        now: Timestamp,
    ) -> Result<Option<JobId>, StoreError> {
        follow::lead(&self.writer, lease, work, now).await.map_err(store_error)
    }

    async fn take_followers(
        &self,
        leader: JobId,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        follow::take_followers(&self.writer, leader, now, limit).await.map_err(store_error)
    }

    async fn hold(
        &self,
        name: &str,
        holder: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        roles::hold(&self.writer, name, holder, now, until).await.map_err(store_error)
    }

    async fn control(&self) -> Result<Control, StoreError> {
        roles::control(&self.reader).await.map_err(store_error)
    }

    async fn set_control(&self, control: &Control) -> Result<(), StoreError> {
        roles::set_control(&self.writer, control).await.map_err(store_error)
    }

    async fn forget(&self, now: Timestamp, limit: usize) -> Result<u64, StoreError> {
        sweep::forget(&self.writer, now, limit).await.map_err(store_error)
    }
}

fn store_error(error: sqlx::Error) -> StoreError {
    StoreError(error.into())
}
