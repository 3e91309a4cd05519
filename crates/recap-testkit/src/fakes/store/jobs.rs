//! Jobs in a map.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use recap_core::job::{BatchCounts, Lane, Owner, Told};
use recap_core::ports::{
    Cancel, Claim, Control, Delete, Entry, JobFilter, JobPage, Lease, Release, Renewal, Store,
    StoreError,
};
use recap_core::summary::SegmentNotes;
use recap_core::transcript::Transcript;
use recap_core::{Failure, Job, JobId, VideoId, VideoMetadata};

use super::record::Record;
use super::{MemoryStore, Role};

#[async_trait]
impl Store for MemoryStore {
    async fn check(&self) -> Result<(), StoreError> {
        self.state().await.map(|_| ())
    }

    async fn insert(&self, job: &Job, parked: bool) -> Result<(), StoreError> {
        let mut state = self.state().await?;
        state.jobs.entry(job.id).or_insert_with(|| Record::new(job.clone(), parked));
        Ok(())
    }

    async fn insert_with_transcript(
        &self,
        job: &Job,
        transcript: &Transcript,
        parked: bool,
    ) -> Result<(), StoreError> {
        let mut state = self.state().await?;
        let with_both = || {
            let mut record = Record::new(job.clone(), parked);
            record.transcript = Some(transcript.clone());
            record
        };
        state.jobs.entry(job.id).or_insert_with(with_both);
        Ok(())
    }

    async fn find(&self, id: JobId) -> Result<Option<Job>, StoreError> {
        self.finds.fetch_add(1, Ordering::SeqCst);
        Ok(self.state().await?.jobs.get(&id).map(|it| it.job.clone()))
    }

    async fn list(&self, filter: &JobFilter) -> Result<JobPage, StoreError> {
        let state = self.state().await?;
        let newest_first = state.jobs.values().rev().filter(|it| it.is_listed_by(filter));
        let shown = |it: &Record| {
            if filter.results { it.job.clone() } else { it.without_result() }
        };
        let mut jobs: Vec<Job> = newest_first.take(filter.limit + 1).map(shown).collect();
        let has_more = jobs.len() > filter.limit;
        jobs.truncate(filter.limit);
        Ok(JobPage { jobs, has_more })
    }

    async fn count_open(&self, owner: Option<&Owner>, limit: u64) -> Result<u64, StoreError> {
        let state = self.state().await?;
        let open = |it: &&Record| !it.job.status.is_terminal() && it.is_of(owner);
        Ok((state.jobs.values().filter(open).count() as u64).min(limit))
    }

    async fn count_batch(&self, batch: JobId) -> Result<BatchCounts, StoreError> {
        let state = self.state().await?;
        let mut counts = BatchCounts::default();
        for record in state.jobs.values().filter(|it| it.job.batch == Some(batch)) {
            counts.add(record.job.status);
        }
        Ok(counts)
    }

    async fn find_video(
        &self,
        owner: &Owner,
        video: VideoId,
    ) -> Result<Option<VideoMetadata>, StoreError> {
        let state = self.state().await?;
        let theirs = state.jobs.values().rev().filter(|it| it.is_of(Some(owner)));
        let mut about_it = theirs.filter(|it| it.job.input.video_id == Some(video));
        Ok(about_it.find_map(|it| it.job.video.clone()))
    }

    async fn count_waiting(
        &self,
        lane: &Lane,
        owner: Option<&Owner>,
        limit: u64,
    ) -> Result<u64, StoreError> {
        let state = self.state().await?;
        let waiting = |it: &&Record| {
            let due = it.job.retry_at.is_none();
            it.waits(false) && due && it.job.input.lane() == *lane && it.is_of(owner)
        };
        Ok((state.jobs.values().filter(waiting).count() as u64).min(limit))
    }

    async fn has_parked(&self, lane: &Lane, owner: &Owner) -> Result<bool, StoreError> {
        let state = self.state().await?;
        let parked =
            |it: &Record| it.waits(true) && it.job.input.lane() == *lane && it.is_of(Some(owner));
        Ok(state.jobs.values().any(parked))
    }

    async fn parked_lanes(&self) -> Result<Vec<Lane>, StoreError> {
        let state = self.state().await?;
        let parked = state.jobs.values().filter(|it| it.waits(true));
        let lanes: BTreeSet<Lane> = parked.map(|it| it.job.input.lane()).collect();
        Ok(lanes.into_iter().collect())
    }

    async fn next_parked(
        &self,
        lane: &Lane,
        after: Option<&Owner>,
    ) -> Result<Option<Owner>, StoreError> {
        let state = self.state().await?;
        let parked = state.jobs.values().filter(|it| it.waits(true));
        let owners = parked.filter(|it| it.job.input.lane() == *lane).map(|it| &it.job.owner);
        Ok(owners.filter(|it| after.is_none_or(|after| *it > after)).min().cloned())
    }

    async fn unpark(
        &self,
        lane: &Lane,
        owner: &Owner,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<Entry>, StoreError> {
        let mut state = self.state().await?;
        let theirs = |it: &&mut Record| {
            it.waits(true) && it.job.input.lane() == *lane && it.is_of(Some(owner))
        };
        Ok(state.jobs.values_mut().filter(theirs).take(limit).map(|it| it.unpark(now)).collect())
    }

    async fn claim(
        &self,
        id: JobId,
        now: Timestamp,
        lease: Duration,
    ) -> Result<Option<Claim>, StoreError> {
        let mut state = self.state().await?;
        Ok(state.jobs.get_mut(&id).filter(|it| it.is_due(now)).map(|it| it.claim(now, lease)))
    }

    async fn renew(&self, lease: Lease, until: Timestamp) -> Result<Renewal, StoreError> {
        let mut state = self.state().await?;
        Ok(match state.jobs.get_mut(&lease.job).filter(|it| it.is_held_by(lease)) {
            Some(record) => record.renew(until),
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
        let mut state = self.state().await?;
        Ok(state.jobs.get_mut(&id).map_or(Cancel::Missing, |it| it.cancel(failure, now, forget_at)))
    }

    async fn wake(&self, id: JobId, now: Timestamp) -> Result<Option<Entry>, StoreError> {
        let mut state = self.state().await?;
        let waiting = state.jobs.get_mut(&id).filter(|it| it.waits_for_a_time());
        Ok(waiting.map(|it| it.wake(now)))
    }

    async fn delete(&self, id: JobId) -> Result<Delete, StoreError> {
        let mut state = self.state().await?;
        match state.jobs.get(&id) {
            None => Ok(Delete::Missing),
            Some(record) if !record.job.status.is_terminal() => Ok(Delete::Open),
            Some(_) => {
                state.remove(&[id]);
                Ok(Delete::Deleted)
            }
        }
    }

    async fn set_told(&self, id: JobId, told: Told) -> Result<(), StoreError> {
        if let Some(record) = self.state().await?.jobs.get_mut(&id) {
            record.job.told = record.job.told.max(told);
        }
        Ok(())
    }

    async fn list_untold(
        &self,
        now: Timestamp,
        patience: Duration,
        limit: usize,
    ) -> Result<Vec<Job>, StoreError> {
        let state = self.state().await?;
        let untold = state.jobs.values().filter(|it| it.is_untold(now - patience));
        let mut jobs: Vec<Job> = untold.map(Record::without_result).collect();
        jobs.sort_by_key(|it| it.completed_at);
        jobs.truncate(limit);
        Ok(jobs)
    }

    async fn put_transcript(
        &self,
        lease: Lease,
        transcript: &Transcript,
    ) -> Result<bool, StoreError> {
        self.with_lease(lease, |it| it.put_transcript(transcript)).await
    }

    async fn find_transcript(&self, id: JobId) -> Result<Option<Transcript>, StoreError> {
        Ok(self.state().await?.jobs.get(&id).and_then(|it| it.transcript.clone()))
    }

    async fn put_notes(&self, lease: Lease, notes: &[SegmentNotes]) -> Result<bool, StoreError> {
        self.with_lease(lease, |it| notes.iter().for_each(|notes| it.put_notes(notes))).await
    }

    async fn list_notes(&self, id: JobId) -> Result<Vec<SegmentNotes>, StoreError> {
        let state = self.state().await?;
        Ok(state.jobs.get(&id).map(|it| it.notes.values().cloned().collect()).unwrap_or_default())
    }

    async fn take_stale(
        &self,
        now: Timestamp,
        patience: Duration,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        let mut state = self.state().await?;
        let named = state.jobs.values_mut().filter(|it| it.is_stale(now, patience)).take(limit);
        Ok(named.map(|it| it.name(now)).collect())
    }

    async fn expire(
        &self,
        now: Timestamp,
        failure: &Failure,
        forget_at: Timestamp,
        limit: usize,
    ) -> Result<Vec<JobId>, StoreError> {
        let mut state = self.state().await?;
        let over = |it: &&mut Record| it.is_held_by_nobody(now) && it.job.expires_at <= now;
        let expired = state.jobs.values_mut().filter(over).take(limit);
        Ok(expired.map(|it| it.expire(failure, now, forget_at)).collect())
    }

    async fn lead(
        &self,
        lease: Lease,
        work: &str,
        now: Timestamp,
    ) -> Result<Option<JobId>, StoreError> {
        let mut state = self.state().await?;
        let leads = |id: &JobId| state.jobs.get(id).is_some_and(|it| it.is_alive(now));
        let leader = state.leaders.get(work).copied().filter(|it| *it != lease.job).filter(leads);
        let holds = state.jobs.get(&lease.job).is_some_and(|it| it.is_held_by(lease));
        if leader.is_none() && holds {
            state.leaders.insert(work.to_owned(), lease.job);
        }
        Ok(leader)
    }

    async fn take_followers(
        &self,
        leader: JobId,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        let mut state = self.state().await?;
        let followers = state.jobs.values_mut().filter(|it| it.follows(leader)).take(limit);
        Ok(followers.map(|it| it.wake(now)).collect())
    }

    async fn hold(
        &self,
        name: &str,
        holder: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut state = self.state().await?;
        let taken = |(other, end): &Role| other != holder && *end > now;
        if state.roles.get(name).is_some_and(taken) {
            return Ok(false);
        }
        state.roles.insert(name.to_owned(), (holder.to_owned(), until));
        Ok(true)
    }

    async fn control(&self) -> Result<Control, StoreError> {
        Ok(self.state().await?.control)
    }

    async fn set_control(&self, control: &Control) -> Result<(), StoreError> {
        self.state().await?.control = *control;
        Ok(())
    }

    async fn forget(&self, now: Timestamp, limit: usize) -> Result<u64, StoreError> {
        let mut state = self.state().await?;
        let over = |it: &&Record| it.job.status.is_terminal() && it.job.expires_at <= now;
        let gone: Vec<JobId> =
            state.jobs.values().filter(over).take(limit).map(|it| it.job.id).collect();
        state.remove(&gone);
        Ok(gone.len() as u64)
    }
}
