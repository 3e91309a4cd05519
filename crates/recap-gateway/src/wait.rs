//! Long polling: answers when a job has ended, woken by its event.

use std::time::Duration;

use recap_core::ports::JobEvent;
use recap_core::{Job, JobId};
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::time::Instant;

use crate::context::Context;
use crate::error::ApiResult;

/// Left of the request's time for reading the job once more.
const MARGIN: Duration = Duration::from_millis(500);

/// The job when it has ended, or as it is when the time is over or the server
/// stops. One that is asked for beyond the number of waiters is answered at
/// once.
pub(crate) async fn until_ended(cx: &Context, id: JobId, wait: Duration) -> ApiResult<Job> {
    // Before the first look, so that no event falls between the two.
    let mut events = cx.state.events.subscribe();
    let job = cx.find(id).await?;
    if wait.is_zero() || job.status.is_terminal() {
        return Ok(job);
    }
    let Ok(_permit) = cx.waiters.try_acquire() else { return Ok(job) };
    let longest = cx.rules.request_timeout.saturating_sub(MARGIN);
    let deadline = Instant::now() + wait.min(longest);
    loop {
        let over = tokio::select! {
            missed = ended_or_missed(&mut events, id) => !missed,
            () = tokio::time::sleep_until(deadline) => true,
            () = cx.shutdown.cancelled() => true,
        };
        let job = cx.find(id).await?;
        if over || job.status.is_terminal() {
            return Ok(job);
        }
    }
}

/// Returns when the job has ended or when nothing more will be heard of it,
/// with `true` if events were lost: one of them may have been that of its end.
async fn ended_or_missed(events: &mut broadcast::Receiver<JobEvent>, id: JobId) -> bool {
    loop {
        match events.recv().await {
            Ok(JobEvent::Changed { job, status }) if job == id && status.is_terminal() => {
                return false;
            }
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => return true,
            Err(RecvError::Closed) => return false,
        }
    }
}
