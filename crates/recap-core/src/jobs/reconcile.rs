//! Brings back what got lost, feeds the queue, and ends what is over. Run every
//! few seconds by one process; two at once do no harm.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tracing::{debug, info, warn};

use super::context::JobContext;
use super::reuse::announce;
use super::time::{later, since};
use crate::error::ErrorCode;
use crate::job::{Lane, Owner, Status};
use crate::ports::{Entry, StoreError};

/// Most documents touched by one pass of each kind.
const BATCH: usize = 100;

/// Most batches of jobs that seem lost in one pass.
const BATCHES: usize = 20;

/// Most owners of one lane that one pass feeds; the next goes on after them.
const OWNERS: usize = 100;

/// How long whoever ended a job has to tell of it.
const UNTOLD: Duration = Duration::from_secs(10);

/// One process' share of the housekeeping.
pub struct Reconciler {
    cx: Arc<JobContext>,
    /// Who was fed last in each lane, so that the next one comes first now.
    fed: BTreeMap<Lane, Owner>,
    /// The store was away; until then, workers are given time to renew leases
    /// that ended meanwhile.
    grace: Option<Timestamp>,
    failed: bool,
    /// When the last pass began.
    last: Option<Timestamp>,
}

impl Reconciler {
    pub fn new(cx: Arc<JobContext>) -> Self {
        Self { cx, fed: BTreeMap::new(), grace: None, failed: false, last: None }
    }

    /// The store did not answer: workers could not renew their leases either.
    /// When it is back they are given the time of one lease to do so, before
    /// their jobs are taken for lost.
    pub fn missed(&mut self) {
        self.failed = true;
    }

    /// One pass. Each kind of housekeeping is done whatever became of the others.
    ///
    /// # Errors
    ///
    /// The first thing that the store did not answer; the next pass goes on
    /// where this one ended.
    pub async fn pass(&mut self) -> Result<(), StoreError> {
        let cx = Arc::clone(&self.cx);
        if self.last.is_none() {
            announce(&cx).await;
        }
        self.begin();
        let requeued = if self.in_grace() { Ok(()) } else { requeue(&cx).await };
        if requeued.is_err() {
            self.missed();
        }
        let fed = self.feed_all().await;
        let expired = expire(&cx).await;
        let told = tell(&cx).await;
        let sent = send(&cx).await;
        let forgotten = forget(&cx).await;
        if let Err(error) = cx.queue.clean().await {
            warn!(error = %error.0, "finished queue entries could not be removed");
        }
        requeued.and(fed).and(expired).and(told).and(sent).and(forgotten)
    }

    /// After an outage, or a pause of this machine, workers have one lease to
    /// renew what ended meanwhile.
    fn begin(&mut self) {
        let now = self.cx.now();
        let slept = self.last.is_some_and(|it| since(it, now) > self.cx.policy.lease);
        if (self.failed || slept) && !self.in_grace() {
            self.grace = Some(later(now, self.cx.policy.lease));
        }
        (self.failed, self.last) = (false, Some(now));
    }

    fn in_grace(&self) -> bool {
        self.grace.is_some_and(|it| self.cx.now() < it)
    }

    async fn feed_all(&mut self) -> Result<(), StoreError> {
        for lane in self.cx.store.parked_lanes().await? {
            self.feed(&lane).await?;
        }
        Ok(())
    }

    /// Moves parked jobs into the queue while there is room, a few of each
    /// owner: one with many waits behind the few of all others.
    async fn feed(&mut self, lane: &Lane) -> Result<(), StoreError> {
        let (store, policy) = (&self.cx.store, &self.cx.policy);
        let waiting = store.count_waiting(lane, None, policy.entries_per_lane).await?;
        let mut room = policy.entries_per_lane.saturating_sub(waiting);
        let mut after = self.fed.get(lane).cloned();
        // Once from the owner after the last one to the end, once from the
        // beginning.
        let mut wrapped = after.is_none();
        for _ in 0..OWNERS {
            if room == 0 {
                break;
            }
            let Some(owner) = store.next_parked(lane, after.as_ref()).await? else {
                if wrapped {
                    break;
                }
                (wrapped, after) = (true, None);
                continue;
            };
            let share = policy.entries_per_client;
            let own = store.count_waiting(lane, Some(&owner), share).await?;
            let more = share.saturating_sub(own).min(room);
            if more > 0 {
                let limit = usize::try_from(more).unwrap_or(usize::MAX);
                let entries = store.unpark(lane, &owner, limit, self.cx.now()).await?;
                room = room.saturating_sub(entries.len() as u64);
                push(&self.cx, &entries).await;
            }
            self.fed.insert(lane.clone(), owner.clone());
            after = Some(owner);
        }
        Ok(())
    }
}

async fn requeue(cx: &JobContext) -> Result<(), StoreError> {
    for _ in 0..BATCHES {
        let stale = cx.store.take_stale(cx.now(), cx.policy.patience, BATCH).await?;
        // One that was never begun may just be waiting for its turn.
        let lost = stale.iter().filter(|it| it.turn > 0).count();
        if lost > 0 {
            info!(jobs = lost, "jobs seem lost; queued again");
            cx.observer.requeued(lost);
        }
        push(cx, &stale).await;
        if stale.len() < BATCH {
            break;
        }
    }
    Ok(())
}

async fn push(cx: &JobContext, entries: &[Entry]) {
    if entries.is_empty() {
        return;
    }
    if let Err(error) = cx.queue.push(entries, Duration::ZERO).await {
        warn!(error = %error.0, "the queue does not answer; a later pass tries again");
    }
}

/// Tells webhooks of jobs whose end they have not been told by who ended them.
async fn tell(cx: &JobContext) -> Result<(), StoreError> {
    let mut done = Ok(());
    for job in cx.store.list_untold(cx.now(), UNTOLD, BATCH).await? {
        debug!(job.id = %job.id, "webhooks are told of an end they missed");
        // One that cannot be told does not keep the others waiting.
        if let Err(error) = cx.desk().tell_end(&job, cx.now()).await {
            warn!(job.id = %job.id, error = %error.0, "webhooks could not be told");
            done = Err(error);
        }
    }
    done
}

/// Queues messages that are due: those whose time was too far away for the
/// queue, and those whose sender died. One that is queued already is not queued
/// again.
async fn send(cx: &JobContext) -> Result<(), StoreError> {
    let due = cx.webhooks.due_deliveries(cx.now(), Duration::ZERO, BATCH).await?;
    let entries: Vec<Entry> =
        due.into_iter().map(|(id, revision)| Entry::delivery(id, revision)).collect();
    push(cx, &entries).await;
    Ok(())
}

async fn forget(cx: &JobContext) -> Result<(), StoreError> {
    let now = cx.now();
    cx.store.forget(now, BATCH).await?;
    cx.webhooks.forget_deliveries(now, BATCH).await?;
    cx.replies.forget_replies(now, BATCH).await?;
    Ok(())
}

async fn expire(cx: &JobContext) -> Result<(), StoreError> {
    let (now, failure) = (cx.now(), ErrorCode::Expired.into());
    let desk = cx.desk();
    let expired = cx.store.expire(now, &failure, later(now, cx.policy.retention), BATCH).await?;
    for job in expired {
        info!(job.id = %job, job.status = %Status::Expired, "job ended");
        if let Some(ended) = desk.ended(job, Status::Expired, now).await {
            cx.observer.ended(&ended);
        }
    }
    Ok(())
}
