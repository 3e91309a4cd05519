//! Refuses work before there is more of it than will ever be done in time.

use std::time::Duration;

use jiff::Timestamp;
use recap_core::ErrorCode;
use recap_core::ports::Store;
use tokio::sync::Mutex;

use crate::error::{ApiError, ApiResult};

/// How long a count is used before the store is asked again.
const FRESH: Duration = Duration::from_secs(1);

/// When a full queue is worth trying again: about the time one video takes.
const RETRY: Duration = Duration::from_secs(30);

/// Keeps the number of open jobs below a limit.
pub(crate) struct Capacity {
    limit: u64,
    /// Held while counting, so that a burst of submits asks the store once.
    count: Mutex<Option<Count>>,
}

struct Count {
    at: Timestamp,
    open: u64,
}

impl Capacity {
    pub(crate) fn new(limit: u64) -> Self {
        Self { limit, count: Mutex::new(None) }
    }

    /// Takes a place for one more job. A submit that fails after this gives it
    /// back with the next count.
    pub(crate) async fn take(&self, store: &dyn Store, now: Timestamp) -> ApiResult<()> {
        let mut count = self.count.lock().await;
        let fresh = count.take().filter(|it| it.at <= now && now < it.at + FRESH);
        let mut current = match fresh {
            Some(fresh) => fresh,
            None => Count { at: now, open: store.count_open().await? },
        };
        let full = current.open >= self.limit;
        if !full {
            current.open += 1;
        }
        *count = Some(current);
        if full { Err(refused(self.limit)) } else { Ok(()) }
    }
}

fn refused(limit: u64) -> ApiError {
    let detail = format!("{limit} jobs are waiting or running already; try again later.");
    ApiError::new(ErrorCode::QueueFull, detail).retry_after(RETRY)
}
