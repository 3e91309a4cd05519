//! Refuses work before there is more of it than will ever be done in time.

mod throughput;

use std::sync::{Mutex as Lock, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use recap_config::LimitsConfig;
use recap_core::ErrorCode;
use recap_core::job::Owner;
use recap_core::ports::StoreError;
use recap_telemetry::metrics;
use tokio::sync::Mutex;

use self::throughput::Throughput;
use crate::context::Context;
use crate::error::{ApiError, ApiResult};

/// How long a count is used before the store is asked again: it has to look at
/// every open job.
const FRESH_NEAR: Duration = Duration::from_secs(1);
const FRESH_FAR: Duration = Duration::from_secs(10);

/// Keeps the number of open jobs below a limit.
pub(crate) struct Capacity {
    limit: u64,
    /// Open jobs of one owner.
    per_owner: u64,
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
    pub(crate) fn new(limits: &LimitsConfig) -> Self {
        Self {
            limit: limits.open_jobs,
            per_owner: limits.open_jobs_per_client,
            throughput: Lock::default(),
            count: Mutex::new(None),
        }
    }

    /// A job has ended, here or elsewhere.
    pub(crate) fn job_ended(&self, now: Timestamp) {
        self.throughput().note(now);
    }

    /// Refuses `jobs` more jobs of `owner` if they would be more than it may have,
    /// or than there may be. More than that is never too much for who has none.
    pub(crate) async fn admit(
        &self,
        cx: &Context,
        owner: &Owner,
        jobs: u64,
        now: Timestamp,
    ) -> ApiResult<()> {
        let own = cx.ask(cx.store().count_open(Some(owner), self.per_owner)).await?;
        if own + jobs.min(self.per_owner) > self.per_owner {
            return Err(self.too_many(own, now));
        }
        if self.take(cx, now).await? { Ok(()) } else { Err(self.full(now)) }
    }

    /// Takes a place for one more job, and says whether there was one. A submit
    /// that fails after this gives it back with the next count.
    async fn take(&self, cx: &Context, now: Timestamp) -> Result<bool, StoreError> {
        let mut count = self.count.lock().await;
        let current = match count.take().filter(|it| self.is_fresh(it, now)) {
            Some(fresh) => fresh,
            None => counted(cx, now).await?,
        };
        let current = count.insert(current);
        let free = current.open + current.taken < self.limit;
        if free {
            current.taken += 1;
        }
        Ok(free)
    }

    /// Far from the limit a count is used for longer, but never for more than
    /// an eighth of the room it found: other processes go by theirs.
    fn is_fresh(&self, count: &Count, now: Timestamp) -> bool {
        let room = self.limit.saturating_sub(count.open);
        let far = count.open < self.limit / 2 && count.taken < room / 8;
        let fresh = if far { FRESH_FAR } else { FRESH_NEAR };
        count.at <= now && now < count.at + fresh
    }

    /// Open jobs as they were last counted, if that is known without waiting.
    pub(crate) fn known(&self) -> Option<u64> {
        let count = self.count.try_lock().ok()?;
        count.as_ref().map(|it| it.open + it.taken)
    }

    fn full(&self, now: Timestamp) -> ApiError {
        let detail =
            format!("{} jobs are waiting or running already; try again later.", self.limit);
        ApiError::new(ErrorCode::QueueFull, detail).retry_after(self.throughput().wait(now))
    }

    fn too_many(&self, open: u64, now: Timestamp) -> ApiError {
        let most = self.per_owner;
        let detail = format!("{open} jobs of yours have not ended; there may be {most} at most.");
        ApiError::new(ErrorCode::TooManyJobs, detail).retry_after(self.throughput().wait(now))
    }

    fn throughput(&self) -> MutexGuard<'_, Throughput> {
        self.throughput.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn counted(cx: &Context, now: Timestamp) -> Result<Count, StoreError> {
    let open = cx.ask(cx.store().count_open(None, u64::MAX)).await?;
    metrics::open_jobs(open);
    Ok(Count { at: now, open, taken: 0 })
}
