//! The store on a MongoDB server: a document for each job.
//!
//! No transactions, so that a stand-alone server will do: whatever must change
//! together is in one document, and every write to it has its guard in its
//! filter. Nothing waits for the server when the store is opened; until
//! [`Store::check`] has succeeded once, indexes may be missing.

mod cancel;
mod command;
mod connections;
mod count;
mod document;
mod error;
mod follow;
mod import;
mod indexes;
mod insert;
mod keys;
mod lease;
mod owners;
mod parked;
mod products;
mod read;
mod replies;
mod roles;
mod server;
mod sweep;
mod take;
#[cfg(test)]
mod tests;
mod told;
mod webhooks;

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use mongodb::bson::doc;
use recap_config::MongodbConfig;
use recap_core::error::Failure;
use recap_core::job::{BatchCounts, Job, JobId, Lane, Owner, Told};
use recap_core::ports::{
    Cancel, Claim, Connections, Control, Delete, Entry, JobFilter, JobPage, Lease, Release,
    Renewal, Store, StoreError,
};
use recap_core::summary::SegmentNotes;
use recap_core::transcript::Transcript;
use recap_core::video::{VideoId, VideoMetadata};
use tokio::sync::OnceCell;

pub use self::indexes::IndexUsage;
use self::server::Server;

/// A document for each job, with the notes of its segments.
const JOBS: &str = "jobs";
/// Packed, beside the job, by the job's id.
const TRANSCRIPTS: &str = "transcripts";
/// Which job does a piece of work. It counts only while that job runs.
const LEADERS: &str = "leaders";
/// What one process does for all, and until when it does.
const ROLES: &str = "roles";
/// What the operator wants: one document.
const CONTROL: &str = "control";
/// Where messages go.
const ENDPOINTS: &str = "endpoints";
/// Messages to webhooks, and what became of them.
const DELIVERIES: &str = "deliveries";
/// API keys.
const KEYS: &str = "keys";
/// What was answered to requests that may be sent again.
const REPLIES: &str = "replies";

/// Jobs with what is kept for them, messages, keys and answers in one database of
/// a MongoDB server.
pub(crate) struct MongoStore {
    server: Server,
    /// The indexes are there, and the jobs of older recaps are as they should be.
    ready: OnceCell<()>,
}

impl MongoStore {
    /// Does not look for the server.
    ///
    /// # Errors
    ///
    /// The URL is not one.
    pub(crate) fn open(config: &MongodbConfig) -> Result<Self, StoreError> {
        Ok(Self { server: Server::new(config)?, ready: OnceCell::new() })
    }

    async fn bring_up(&self) -> Result<(), StoreError> {
        indexes::ensure(&self.server).await?;
        owners::unite(&self.server).await
    }

    pub(crate) fn connections(&self) -> Connections {
        self.server.connections()
    }

    /// How often each index has been used; empty if the server does not say.
    pub(crate) async fn index_usage(&self) -> Vec<IndexUsage> {
        indexes::usage(&self.server).await
    }
}

#[async_trait]
impl Store for MongoStore {
    async fn check(&self) -> Result<(), StoreError> {
        self.server.command(doc! { "ping": 1 }).await?;
        self.ready.get_or_try_init(|| self.bring_up()).await?;
        Ok(())
    }

    async fn insert(&self, job: &Job, parked: bool) -> Result<(), StoreError> {
        insert::insert(&self.server, job, parked).await
    }

    async fn insert_with_transcript(
        &self,
        job: &Job,
        transcript: &Transcript,
        parked: bool,
    ) -> Result<(), StoreError> {
        insert::insert_with_transcript(&self.server, job, transcript, parked).await
    }

    async fn find(&self, id: JobId) -> Result<Option<Job>, StoreError> {
        read::find(&self.server, id).await
    }

    async fn list(&self, filter: &JobFilter) -> Result<JobPage, StoreError> {
        read::list(&self.server, filter).await
    }

    async fn count_open(&self, owner: Option<&Owner>, limit: u64) -> Result<u64, StoreError> {
        count::count_open(&self.server, owner, limit).await
    }

    async fn count_batch(&self, batch: JobId) -> Result<BatchCounts, StoreError> {
        count::count_batch(&self.server, batch).await
    }

    async fn find_video(
        &self,
        owner: &Owner,
        video: VideoId,
    ) -> Result<Option<VideoMetadata>, StoreError> {
        read::find_video(&self.server, owner, video).await
    }

    async fn count_waiting(
        &self,
        lane: &Lane,
        owner: Option<&Owner>,
        limit: u64,
    ) -> Result<u64, StoreError> {
        count::count_waiting(&self.server, lane, owner, limit).await
    }

    async fn has_parked(&self, lane: &Lane, owner: &Owner) -> Result<bool, StoreError> {
        parked::has_parked(&self.server, lane, owner).await
    }

    async fn parked_lanes(&self) -> Result<Vec<Lane>, StoreError> {
        parked::parked_lanes(&self.server).await
    }

    async fn next_parked(
        &self,
        lane: &Lane,
        after: Option<&Owner>,
    ) -> Result<Option<Owner>, StoreError> {
        parked::next_parked(&self.server, lane, after).await
    }

    async fn unpark(
        &self,
        lane: &Lane,
        owner: &Owner,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<Entry>, StoreError> {
        parked::unpark(&self.server, lane, owner, limit, now).await
    }

    async fn claim(
        &self,
        id: JobId,
        now: Timestamp,
        lease: Duration,
    ) -> Result<Option<Claim>, StoreError> {
        lease::claim(&self.server, id, now, lease).await
    }

    async fn renew(&self, lease: Lease, until: Timestamp) -> Result<Renewal, StoreError> {
        lease::renew(&self.server, lease, until).await
    }

    async fn save(&self, lease: Lease, job: &Job) -> Result<bool, StoreError> {
        lease::save(&self.server, lease, job).await
    }

    async fn release(
        &self,
        lease: Lease,
        release: &Release,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        lease::release(&self.server, lease, release, now).await
    }

    async fn finish(&self, lease: Lease, job: &Job) -> Result<bool, StoreError> {
        lease::finish(&self.server, lease, job).await
    }

    async fn cancel(
        &self,
        id: JobId,
        failure: &Failure,
        now: Timestamp,
        forget_at: Timestamp,
    ) -> Result<Cancel, StoreError> {
        cancel::cancel(&self.server, id, failure, now, forget_at).await
    }

    async fn wake(&self, id: JobId, now: Timestamp) -> Result<Option<Entry>, StoreError> {
        follow::wake(&self.server, id, now).await
    }

    async fn delete(&self, id: JobId) -> Result<Delete, StoreError> {
        sweep::delete(&self.server, id).await
    }

    async fn set_told(&self, id: JobId, told: Told) -> Result<(), StoreError> {
        told::set_told(&self.server, id, told).await
    }

    async fn list_untold(
        &self,
        now: Timestamp,
        patience: Duration,
        limit: usize,
    ) -> Result<Vec<Job>, StoreError> {
        told::list_untold(&self.server, now, patience, limit).await
    }

    async fn put_transcript(
        &self,
        lease: Lease,
        transcript: &Transcript,
    ) -> Result<bool, StoreError> {
        products::put_transcript(&self.server, lease, transcript).await
    }

    async fn find_transcript(&self, id: JobId) -> Result<Option<Transcript>, StoreError> {
        products::find_transcript(&self.server, id).await
    }

    async fn put_notes(&self, lease: Lease, notes: &[SegmentNotes]) -> Result<bool, StoreError> {
        products::put_notes(&self.server, lease, notes).await
    }

    async fn list_notes(&self, id: JobId) -> Result<Vec<SegmentNotes>, StoreError> {
        products::list_notes(&self.server, id).await
    }

    async fn take_stale(
        &self,
        now: Timestamp,
        patience: Duration,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        sweep::take_stale(&self.server, now, patience, limit).await
    }

    async fn expire(
        &self,
        now: Timestamp,
        failure: &Failure,
        forget_at: Timestamp,
        limit: usize,
    ) -> Result<Vec<JobId>, StoreError> {
        sweep::expire(&self.server, now, failure, forget_at, limit).await
    }

    async fn lead(
        &self,
        lease: Lease,
        work: &str,
        now: Timestamp,
    ) -> Result<Option<JobId>, StoreError> {
        follow::lead(&self.server, lease, work, now).await
    }

    async fn take_followers(
        &self,
        leader: JobId,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        follow::take_followers(&self.server, leader, now, limit).await
    }

    async fn hold(
        &self,
        name: &str,
        holder: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        roles::hold(&self.server, name, holder, now, until).await
    }

    async fn control(&self) -> Result<Control, StoreError> {
        roles::control(&self.server).await
    }

    async fn set_control(&self, control: &Control) -> Result<(), StoreError> {
        roles::set_control(&self.server, control).await
    }

    async fn forget(&self, now: Timestamp, limit: usize) -> Result<u64, StoreError> {
        sweep::forget(&self.server, now, limit).await
    }
}
