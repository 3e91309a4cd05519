//! Where jobs, transcripts and notes are kept.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::{ErrorCode, Failure};
use crate::job::{BatchCounts, Job, JobId, JobKind, Lane, Owner, Status, Told, WaitingReason};
use crate::ports::{BoxError, Entry};
use crate::summary::SegmentNotes;
use crate::transcript::Transcript;
use crate::video::{VideoId, VideoMetadata};

/// The right to write to a running job. Every claim raises `fence`, and a
/// write with an old fence is refused, so a late worker cannot overwrite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    pub job: JobId,
    pub fence: u64,
}

/// A job that is now ours.
#[derive(Clone, Debug)]
pub struct Claim {
    pub job: Job,
    pub lease: Lease,
    /// Claims before this one that ended without a word: the crash counter,
    /// raised before the work starts and cleared by any orderly end, and by any
    /// checkpoint: the first transcript, and new notes.
    pub crashes: u32,
}

/// Whether a lease still holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewal {
    Held,
    /// Held, and someone asked for the job to be canceled.
    CancelRequested,
    /// Another worker has the job, or it has ended: stop at once.
    Lost,
}

/// How a running job goes back into the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Release {
    /// Not before then; `None` is at once.
    pub retry_at: Option<Timestamp>,
    pub waiting_reason: Option<WaitingReason>,
    /// The new count of failed attempts.
    pub attempts: u32,
    /// When its life ends; a job that waits for a premiere lives longer.
    pub expires_at: Timestamp,
    /// What the crash counter is set to: 0 after an orderly end.
    pub crashes: u32,
    /// The job whose result it waits for.
    pub follows: Option<JobId>,
}

/// What became of a wish to cancel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cancel {
    /// It was waiting and is now canceled.
    Canceled,
    /// A worker has it and has been told.
    Requested,
    /// It had already ended.
    Finished,
    Missing,
}

/// Which jobs a list shows, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobFilter {
    /// `None` is everyone, for those who run recap.
    pub owner: Option<Owner>,
    /// Only jobs of this batch.
    pub batch: Option<JobId>,
    /// Only jobs that ended in this.
    pub code: Option<ErrorCode>,
    pub status: Option<Status>,
    pub kind: Option<JobKind>,
    pub video: Option<VideoId>,
    pub created_after: Option<Timestamp>,
    /// Only jobs older than this one (by id, which sorts by creation).
    pub before: Option<JobId>,
    /// At most this many, 1 to 100.
    pub limit: usize,
    /// With their results, which are large.
    pub results: bool,
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct JobPage {
    /// Without their results, unless the filter asked for them.
    pub jobs: Vec<Job>,
    pub has_more: bool,
}

/// What became of a wish to delete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delete {
    Deleted,
    /// It has not ended.
    Open,
    Missing,
}

/// Feature flags that were changed while running; `None` is as the settings say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Flags {
    pub full_transcript: Option<bool>,
    pub advanced_summarization: Option<bool>,
    pub video_preview: Option<bool>,
}

/// Limits that were changed while running; `None` is as the settings say. A rate
/// of 0 is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LimitChanges {
    pub fetches: Option<usize>,
    pub summarizations: Option<usize>,
    pub open_jobs: Option<u64>,
    pub open_jobs_per_client: Option<u64>,
    pub global_submits_per_minute: Option<u32>,
    pub submits_per_minute: Option<u32>,
    pub reads_per_minute: Option<u32>,
    pub lists_per_minute: Option<u32>,
    pub changes_per_minute: Option<u32>,
}

/// What the operator wants of all processes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Control {
    /// Take no more jobs; what is in hand goes on.
    pub paused: bool,
    /// When workers were last told to end once their hands are empty: those that
    /// run then and see it change.
    pub drain_asked_at: Option<Timestamp>,
    pub flags: Flags,
    pub limits: LimitChanges,
}

/// Keeps jobs, their transcripts and the notes of their segments.
///
/// Every method may be repeated: a job may run again after a crash. Writes to
/// a running job carry its lease and return `false` when it is no longer held.
/// Each write that a client can see raises the job's revision; renewing a lease
/// and naming a stale job do not. Implementations must pass
/// `recap_testkit::conformance::store`.
#[async_trait]
pub trait Store: Send + Sync {
    /// Whether the store answers. The first time it does, it is brought up to
    /// date (tables, indexes); until then nothing else need work.
    async fn check(&self) -> Result<(), StoreError>;

    /// Adds `job`, or does nothing if its id is already there. One that is
    /// `parked` has no entry in the queue yet: it waits for [`Store::unpark`],
    /// and is not named as stale before. One that has ended already is kept like
    /// any other that has.
    async fn insert(&self, job: &Job, parked: bool) -> Result<(), StoreError>;

    /// The same with its transcript. Whoever finds the job finds both.
    async fn insert_with_transcript(
        &self,
        job: &Job,
        transcript: &Transcript,
        parked: bool,
    ) -> Result<(), StoreError>;

    /// The job, or `None` if there is none with this id.
    async fn find(&self, id: JobId) -> Result<Option<Job>, StoreError>;

    /// Jobs by filter, newest first, without results.
    async fn list(&self, filter: &JobFilter) -> Result<JobPage, StoreError>;

    /// Jobs that are queued or running, of `owner` or of everyone, counted up to
    /// `limit`.
    async fn count_open(&self, owner: Option<&Owner>, limit: u64) -> Result<u64, StoreError>;

    /// How the jobs of a batch are.
    async fn count_batch(&self, batch: JobId) -> Result<BatchCounts, StoreError>;

    /// What is known of a video from the newest job of `owner` that knows it.
    async fn find_video(
        &self,
        owner: &Owner,
        video: VideoId,
    ) -> Result<Option<VideoMetadata>, StoreError>;

    /// Queued jobs of `lane` that are neither parked nor wait for a time, of
    /// `owner` or of everyone, counted up to `limit`.
    async fn count_waiting(
        &self,
        lane: &Lane,
        owner: Option<&Owner>,
        limit: u64,
    ) -> Result<u64, StoreError>;

    /// Whether `owner` has parked jobs in `lane`.
    async fn has_parked(&self, lane: &Lane, owner: &Owner) -> Result<bool, StoreError>;

    /// Lanes that have parked jobs.
    async fn parked_lanes(&self) -> Result<Vec<Lane>, StoreError>;

    /// The first owner after `after`, in order of names, who has parked jobs in
    /// `lane`.
    async fn next_parked(
        &self,
        lane: &Lane,
        after: Option<&Owner>,
    ) -> Result<Option<Owner>, StoreError>;

    /// Takes the oldest parked jobs of one owner, to be pushed. They count as
    /// waiting since `now`, so that a push that fails is made good for.
    async fn unpark(
        &self,
        lane: &Lane,
        owner: &Owner,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<Entry>, StoreError>;

    /// Takes a job that is due (queued with no later `retry_at`, parked or not,
    /// or running with an expired lease) until `now + lease`; `None` if it is
    /// not. `started_at` is set by the first claim.
    async fn claim(
        &self,
        id: JobId,
        now: Timestamp,
        lease: Duration,
    ) -> Result<Option<Claim>, StoreError>;

    /// Holds the lease until `until`.
    async fn renew(&self, lease: Lease, until: Timestamp) -> Result<Renewal, StoreError>;

    /// Writes what a running job has found out so far: everything but its
    /// status, attempts and times.
    async fn save(&self, lease: Lease, job: &Job) -> Result<bool, StoreError>;

    /// Gives a running job back to the queue, as `queued`; `now` is the time
    /// since when it waits. Its `follows` becomes that of the release.
    async fn release(
        &self,
        lease: Lease,
        release: &Release,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Ends a running job: `job` is written whole, with its terminal status.
    async fn finish(&self, lease: Lease, job: &Job) -> Result<bool, StoreError>;

    /// Cancels a waiting job, which then stays until `forget_at`, or marks a
    /// running one.
    async fn cancel(
        &self,
        id: JobId,
        failure: &Failure,
        now: Timestamp,
        forget_at: Timestamp,
    ) -> Result<Cancel, StoreError>;

    /// Makes a queued job that waits for a time due at `now`; the entry to push,
    /// or `None` if it does not wait.
    async fn wake(&self, id: JobId, now: Timestamp) -> Result<Option<Entry>, StoreError>;

    /// Removes an ended job with all that is kept for it.
    async fn delete(&self, id: JobId) -> Result<Delete, StoreError>;

    /// Notes how much of the job its webhooks have been told; less than is noted
    /// already changes nothing. Does not raise the revision: clients do not see it.
    async fn set_told(&self, id: JobId, told: Told) -> Result<(), StoreError>;

    /// Ended jobs, without results, that ended before `now - patience` and whose
    /// webhooks have not been told of it, longest first.
    async fn list_untold(
        &self,
        now: Timestamp,
        patience: Duration,
        limit: usize,
    ) -> Result<Vec<Job>, StoreError>;

    /// Keeps the transcript of a running job.
    async fn put_transcript(
        &self,
        lease: Lease,
        transcript: &Transcript,
    ) -> Result<bool, StoreError>;

    async fn find_transcript(&self, id: JobId) -> Result<Option<Transcript>, StoreError>;

    /// Keeps the notes of some segments, all or none of them; notes already kept for a
    /// segment stay, unless they are of another cut: from or to another time.
    async fn put_notes(&self, lease: Lease, notes: &[SegmentNotes]) -> Result<bool, StoreError>;

    /// Notes kept so far, in order of segment.
    async fn list_notes(&self, id: JobId) -> Result<Vec<SegmentNotes>, StoreError>;

    /// Jobs that should be in somebody's hands and seem not to be: due and
    /// waiting since before `now - patience`, or running with a lease that has
    /// expired. Each one counts as waiting since `now` from then on, so that
    /// it is named once per `patience`. Parked jobs are not among them.
    async fn take_stale(
        &self,
        now: Timestamp,
        patience: Duration,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError>;

    /// Ends jobs whose `expires_at` has come and that nobody holds, waiting or
    /// left behind by a dead worker, and returns their ids; an ended job then
    /// stays until `forget_at`.
    async fn expire(
        &self,
        now: Timestamp,
        failure: &Failure,
        forget_at: Timestamp,
        limit: usize,
    ) -> Result<Vec<JobId>, StoreError>;

    /// Makes the job of `lease` the one that does `work`, unless another running
    /// job with a live lease does it already: then that one's id.
    async fn lead(
        &self,
        lease: Lease,
        work: &str,
        now: Timestamp,
    ) -> Result<Option<JobId>, StoreError>;

    /// Queued jobs that follow `leader`. They are due from now on.
    async fn take_followers(
        &self,
        leader: JobId,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError>;

    /// Takes or keeps the role `name` for `holder` until `until`, unless another
    /// one holds it at `now`. Says whether it is held.
    async fn hold(
        &self,
        name: &str,
        holder: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, StoreError>;

    /// What the operator wants; all defaults if nothing was ever said.
    async fn control(&self) -> Result<Control, StoreError>;

    async fn set_control(&self, control: &Control) -> Result<(), StoreError>;

    /// Removes ended jobs whose `expires_at` has come, with all that is kept
    /// for them. Returns how many.
    async fn forget(&self, now: Timestamp, limit: usize) -> Result<u64, StoreError>;
}

/// The store could not answer. Always worth retrying: "not found" is `None`,
/// and a conflict is `false`.
#[derive(Debug, thiserror::Error)]
#[error("the store did not answer")]
pub struct StoreError(#[source] pub BoxError);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_wanted_before_there_were_flags_or_limits_is_still_read() {
        for (text, expected) in [
            (r#"{"paused":true}"#, Control { paused: true, ..Control::default() }),
            (r#"{"flags":{},"limits":{}}"#, Control::default()),
        ] {
            assert_eq!(serde_json::from_str::<Control>(text).unwrap(), expected);
        }
    }
}
