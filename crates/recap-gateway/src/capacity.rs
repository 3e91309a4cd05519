//! Refuses work before there is more of it than will ever be done in time.

mod own;
mod throughput;

use std::sync::{Mutex as Lock, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use recap_core::job::Owner;
use recap_core::load::Luxury;
use recap_core::ports::{JobFilter, StoreError};
use recap_core::{ErrorCode, Job, JobKind, Status};
use recap_telemetry::metrics;
use tokio::sync::Mutex;

use self::own::Own;
use self::throughput::Throughput;
use crate::context::Context;
use crate::error::{ApiError, ApiResult};

/// When memory that is short is worth asking for again.
const OVERLOADED: Duration = Duration::from_secs(15);

/// How long a count is used before the store is asked again: it has to look at
/// every open job.
const FRESH_NEAR: Duration = Duration::from_secs(1);
const FRESH_FAR: Duration = Duration::from_secs(10);

/// Open batches of one owner that are looked at, of each status.
const BATCHES: usize = 100;

/// Keeps the number of open jobs below the limits, as they are when one more is
/// wanted.
#[derive(Default)]
pub(crate) struct Capacity {
    own: Own,
    throughput: Lock<Throughput>,
    /// Held while counting, so that a burst of submits asks the store once.
    count: Mutex<Option<Count>>,
}

/// What the store said, and what has been added to it since.
struct Count {
    at: Timestamp,
    open: u64,
    taken: u64,
}

impl Capacity {
    /// A job has ended, here or elsewhere.
    pub(crate) fn job_ended(&self, now: Timestamp) {
        self.throughput().note(now);
    }

    /// Refuses `job`, which will be `jobs` jobs, if its owner would have more of them
    /// than it may, or if there is no place. More than that is never too much for who
    /// has none.
    pub(crate) async fn admit(
        &self,
        cx: &Context,
        job: &Job,
        jobs: u64,
        now: Timestamp,
    ) -> ApiResult<()> {
        if cx.state.load.is_off(Luxury::NewWork) {
            return Err(overloaded());
        }
        let limits = cx.limits.get();
        let (most, per_owner) = (limits.open_jobs, limits.open_jobs_per_client);
        let (owner, wanted) = (&job.owner, jobs.min(per_owner));
        let is_batch = job.kind == JobKind::Batch;
        // What its open batches are yet to make has to be looked up.
        let least = if is_batch { u64::MAX } else { wanted };
        if let Err(begun) = self.own.take(owner, least, per_owner, now) {
            let open = cx.ask(cx.store().count_open(Some(owner), per_owner)).await?;
            let mut own = open;
            if is_batch && own > 0 && own + wanted <= per_owner {
                own += unmade(cx, owner).await?;
            }
            if own + wanted > per_owner {
                return Err(self.too_many(own, per_owner, now));
            }
            self.own.counted(begun, owner, open, wanted, now);
        }
        if self.take(cx, jobs, most, now).await? { Ok(()) } else { Err(self.full(most, now)) }
    }

    /// Takes the places of `jobs` more jobs if there is one among `most`, and says
    /// whether there was. A submit that fails after this gives them back with the next
    /// count.
    async fn take(
        &self,
        cx: &Context,
        jobs: u64,
        most: u64,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut count = self.count.lock().await;
        let current = match count.take().filter(|it| it.is_fresh(most, now)) {
            Some(fresh) => fresh,
            None => counted(cx, now).await?,
        };
        let current = count.insert(current);
        let free = current.open + current.taken < most;
        if free {
            current.taken += jobs;
        }
        Ok(free)
    }

    /// Open jobs as they were last counted, if that is known without waiting.
    pub(crate) fn known(&self) -> Option<u64> {
        let count = self.count.try_lock().ok()?;
        count.as_ref().map(|it| it.open + it.taken)
    }

    fn full(&self, most: u64, now: Timestamp) -> ApiError {
        let detail = format!("{most} jobs are waiting or running already; try again later.");
        ApiError::new(ErrorCode::QueueFull, detail).retry_after(self.throughput().wait(now))
    }

    fn too_many(&self, open: u64, most: u64, now: Timestamp) -> ApiError {
        let detail = format!("{open} jobs of yours have not ended; there may be {most} at most.");
        ApiError::new(ErrorCode::TooManyJobs, detail).retry_after(self.throughput().wait(now))
    }

    fn throughput(&self) -> MutexGuard<'_, Throughput> {
        self.throughput.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Count {
    /// Far from the limit a count is used for longer, but never for more than
    /// an eighth of the room it found: other processes go by theirs.
    fn is_fresh(&self, most: u64, now: Timestamp) -> bool {
        let room = most.saturating_sub(self.open);
        let far = self.open < most / 2 && self.taken < room / 8;
        let fresh = if far { FRESH_FAR } else { FRESH_NEAR };
        self.at <= now && now < self.at + fresh
    }
}

fn overloaded() -> ApiError {
    let detail = "Memory is short; what is in hand goes on, and new work is taken again soon.";
    ApiError::new(ErrorCode::Overloaded, detail).retry_after(OVERLOADED)
}

async fn counted(cx: &Context, now: Timestamp) -> Result<Count, StoreError> {
    let open = cx.ask(cx.store().count_open(None, u64::MAX)).await?;
    metrics::open_jobs(open);
    Ok(Count { at: now, open, taken: 0 })
}

/// Jobs that the open batches of `owner` are yet to make.
async fn unmade(cx: &Context, owner: &Owner) -> Result<u64, StoreError> {
    let mut unmade = 0;
    for status in [Status::Queued, Status::Running] {
        let filter = JobFilter {
            owner: Some(owner.clone()),
            status: Some(status),
            kind: Some(JobKind::Batch),
            limit: BATCHES,
            ..JobFilter::default()
        };
        let page = cx.ask(cx.store().list(&filter)).await?;
        unmade += page.jobs.iter().map(left).sum::<u64>();
    }
    Ok(unmade)
}

/// The same of one batch. A playlist that is not listed yet counts as long as it may
/// be; an item with an error never becomes a job.
fn left(batch: &Job) -> u64 {
    if batch.items.is_empty() {
        return batch.input.batch.as_ref().map_or(0, |it| u64::from(it.max_items));
    }
    batch.items.iter().filter(|it| it.job.is_none() && it.error.is_none()).count() as u64
}
