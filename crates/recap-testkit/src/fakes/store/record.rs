//! One job with all that is kept for it, and the changes it may go through.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use recap_core::job::{Owner, Told};
use recap_core::ports::{Cancel, Claim, Entry, JobFilter, Lease, Release, Renewal};
use recap_core::summary::SegmentNotes;
use recap_core::transcript::Transcript;
use recap_core::{Failure, Job, JobId, Status};

#[derive(Debug)]
pub(super) struct Record {
    pub(super) job: Job,
    pub(super) transcript: Option<Transcript>,
    pub(super) notes: BTreeMap<u32, SegmentNotes>,
    fence: u64,
    leased_until: Option<Timestamp>,
    crashes: u32,
    cancel_requested: bool,
    /// It has no entry in the queue yet.
    parked: bool,
    /// It has been given back to wait for the job it follows, and has not been
    /// taken since.
    following: bool,
    /// `None` while a worker has it and it has not been named as stale.
    waiting_since: Option<Timestamp>,
}

impl Record {
    pub(super) fn new(job: Job, parked: bool) -> Self {
        let queued = job.status == Status::Queued;
        Self {
            transcript: None,
            notes: BTreeMap::new(),
            fence: 0,
            leased_until: None,
            crashes: 0,
            cancel_requested: false,
            parked: parked && queued,
            following: job.follows.is_some() && queued,
            waiting_since: Some(job.created_at),
            job,
        }
    }

    pub(super) fn is_held_by(&self, lease: Lease) -> bool {
        self.job.status == Status::Running && self.fence == lease.fence
    }

    pub(super) fn is_listed_by(&self, filter: &JobFilter) -> bool {
        let job = &self.job;
        self.is_of(filter.owner.as_ref())
            && filter.batch.is_none_or(|it| job.batch == Some(it))
            && filter.code.is_none_or(|it| job.error.as_ref().is_some_and(|why| why.code == it))
            && filter.status.is_none_or(|it| job.status == it)
            && filter.kind.is_none_or(|it| job.kind == it)
            && filter.video.is_none_or(|it| job.input.video_id == Some(it))
            && filter.created_after.is_none_or(|it| job.created_at > it)
            && filter.before.is_none_or(|it| job.id < it)
    }

    pub(super) fn without_result(&self) -> Job {
        let mut job = self.job.clone();
        job.result = None;
        job
    }

    /// Open, and no worker has it, or only one that is not heard of any more.
    pub(super) fn is_held_by_nobody(&self, now: Timestamp) -> bool {
        match self.job.status {
            Status::Queued => true,
            Status::Running => self.leased_until.is_none_or(|it| it <= now),
            _ => false,
        }
    }

    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        let early =
            self.job.status == Status::Queued && self.job.retry_at.is_some_and(|it| it > now);
        self.is_held_by_nobody(now) && !early
    }

    pub(super) fn is_stale(&self, now: Timestamp, patience: Duration) -> bool {
        let waited = |it| it <= now - patience;
        self.is_due(now) && !self.parked && self.waiting_since.is_none_or(waited)
    }

    /// It counts as waiting since `now`.
    pub(super) fn name(&mut self, now: Timestamp) -> Entry {
        self.waiting_since = Some(now);
        Entry::new(&self.job, self.fence)
    }

    /// Queued, with or without an entry in the queue.
    pub(super) fn waits(&self, parked: bool) -> bool {
        self.job.status == Status::Queued && self.parked == parked
    }

    pub(super) fn is_of(&self, owner: Option<&Owner>) -> bool {
        owner.is_none_or(|it| self.job.owner == *it)
    }

    pub(super) fn unpark(&mut self, now: Timestamp) -> Entry {
        self.parked = false;
        self.name(now)
    }

    pub(super) fn follows(&self, leader: JobId) -> bool {
        self.following && self.job.follows == Some(leader)
    }

    pub(super) fn waits_for_a_time(&self) -> bool {
        self.job.status == Status::Queued && self.job.retry_at.is_some()
    }

    /// It ended at that time or before, and its webhooks do not know.
    pub(super) fn is_untold(&self, before: Timestamp) -> bool {
        let ended = self.job.completed_at.filter(|_| self.job.status.is_terminal());
        self.job.told < Told::End && ended.is_some_and(|it| it <= before)
    }

    /// Its wait is over; whom it followed stays known.
    pub(super) fn wake(&mut self, now: Timestamp) -> Entry {
        self.stop_waiting();
        self.job.retry_at = None;
        self.job.waiting_reason = None;
        self.job.revision += 1;
        self.name(now)
    }

    /// A worker has it that is heard of.
    pub(super) fn is_alive(&self, now: Timestamp) -> bool {
        self.job.status == Status::Running && !self.is_held_by_nobody(now)
    }

    pub(super) fn claim(&mut self, now: Timestamp, lease: Duration) -> Claim {
        let crashes = self.crashes;
        self.crashes += 1;
        self.fence += 1;
        self.leased_until = Some(now + lease);
        self.waiting_since = None;
        self.stop_waiting();
        if self.job.status != Status::Running {
            self.become_status(Status::Running);
        }
        self.job.started_at.get_or_insert(now);
        self.job.retry_at = None;
        self.job.waiting_reason = None;
        self.job.revision += 1;
        let lease = Lease { job: self.job.id, fence: self.fence };
        Claim { job: self.job.clone(), lease, crashes }
    }

    pub(super) fn renew(&mut self, until: Timestamp) -> Renewal {
        self.leased_until = Some(until);
        if self.cancel_requested { Renewal::CancelRequested } else { Renewal::Held }
    }

    /// Everything but status, attempts and times, which have writers of their own.
    pub(super) fn save(&mut self, job: &Job) {
        let kept = &self.job;
        self.job = Job {
            status: kept.status,
            attempts: kept.attempts,
            created_at: kept.created_at,
            started_at: kept.started_at,
            completed_at: kept.completed_at,
            expires_at: kept.expires_at,
            retry_at: kept.retry_at,
            waiting_reason: kept.waiting_reason,
            told: kept.told,
            revision: kept.revision,
            ..job.clone()
        };
    }

    pub(super) fn put_transcript(&mut self, transcript: &Transcript) {
        if self.transcript.replace(transcript.clone()).is_none() {
            self.crashes = 0;
        }
    }

    /// Notes of the same cut stay as they are.
    pub(super) fn put_notes(&mut self, notes: &SegmentNotes) {
        match self.notes.get(&notes.index) {
            Some(kept) if (kept.start, kept.end) == (notes.start, notes.end) => return,
            Some(_) => {}
            None => self.crashes = 0,
        }
        self.notes.insert(notes.index, notes.clone());
    }

    pub(super) fn release(&mut self, release: &Release, now: Timestamp) {
        self.become_status(Status::Queued);
        // A wish to cancel makes it due at once.
        let waits = !self.cancel_requested;
        self.job.retry_at = release.retry_at.filter(|_| waits);
        self.job.waiting_reason = release.waiting_reason.filter(|_| waits);
        self.job.attempts = release.attempts;
        self.job.expires_at = release.expires_at;
        self.job.follows = release.follows;
        self.following = release.follows.is_some() && waits;
        self.crashes = release.crashes;
        self.leased_until = None;
        self.waiting_since = Some(now);
    }

    pub(super) fn finish(&mut self, job: &Job) {
        self.become_status(job.status);
        let (revision, told) = (self.job.revision, self.job.told.max(job.told));
        self.job = Job { revision, told, ..job.clone() };
        self.crashes = 0;
        self.leased_until = None;
    }

    pub(super) fn cancel(
        &mut self,
        failure: &Failure,
        now: Timestamp,
        forget_at: Timestamp,
    ) -> Cancel {
        match self.job.status {
            Status::Queued => {
                self.end(Status::Canceled, failure, now);
                self.job.expires_at = forget_at;
                Cancel::Canceled
            }
            Status::Running => {
                self.cancel_requested = true;
                self.job.revision += 1;
                Cancel::Requested
            }
            _ => Cancel::Finished,
        }
    }

    pub(super) fn expire(
        &mut self,
        failure: &Failure,
        now: Timestamp,
        forget_at: Timestamp,
    ) -> JobId {
        self.end(Status::Expired, failure, now);
        self.job.expires_at = forget_at;
        self.job.id
    }

    fn stop_waiting(&mut self) {
        self.parked = false;
        self.following = false;
    }

    /// Every change of status in every test of a job keeps the rules.
    fn become_status(&mut self, next: Status) {
        assert!(self.job.status.may_become(next), "{} to {next}", self.job.status);
        self.job.status = next;
    }

    fn end(&mut self, status: Status, failure: &Failure, now: Timestamp) {
        self.become_status(status);
        self.stop_waiting();
        self.job.error = Some(failure.clone());
        self.job.completed_at = Some(now);
        self.job.retry_at = None;
        self.job.waiting_reason = None;
        self.job.revision += 1;
    }
}
