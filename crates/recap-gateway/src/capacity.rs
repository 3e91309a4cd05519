//! Refuses work before there is more of it than will ever be done in time.

use std::time::Duration;

use jiff::Timestamp;
use recap_core::ErrorCode;
use recap_core::ports::StoreError;
use recap_telemetry::metrics;
use tokio::sync::Mutex;

use crate::context::Context;
use crate::error::ApiError;

/// How long a count is used before the store is asked again: it has to look at
/// every open job.
const FRESH_NEAR: Duration = Duration::from_secs(1);
const FRESH_FAR: Duration = Duration::from_secs(10);

/// When a full queue is worth trying again: about the time one video takes.
const RETRY: Duration = Duration::from_secs(30);

/// Keeps the number of open jobs below a limit.
pub(crate) struct Capacity {
    limit: u64,
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
    pub(crate) fn new(limit: u64) -> Self {
        Self { limit, count: Mutex::new(None) }
    }

    /// Takes a place for one more job, and says whether there was one. A submit
    /// that fails after this gives it back with the next count.
    pub(crate) async fn take(&self, cx: &Context, now: Timestamp) -> Result<bool, StoreError> {
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

    pub(crate) fn refusal(&self) -> ApiError {
        let detail =
            format!("{} jobs are waiting or running already; try again later.", self.limit);
        ApiError::new(ErrorCode::QueueFull, detail).retry_after(RETRY)
    }
}

async fn counted(cx: &Context, now: Timestamp) -> Result<Count, StoreError> {
    let open = cx.ask(cx.state.store.count_open()).await?;
    metrics::open_jobs(open);
    Ok(Count { at: now, open, taken: 0 })
}
