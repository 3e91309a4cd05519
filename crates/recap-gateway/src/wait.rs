//! Long polling: answers when a job has ended, woken by its event.

use std::time::Duration;

use recap_core::{ErrorCode, JobId};
use tokio::time::{Instant, sleep, sleep_until, timeout_at};

use crate::access::Who;
use crate::context::Context;
use crate::copies::Found;
use crate::error::ApiResult;
use crate::news::{Heard, Watch};

/// Left of the request's time for reading the job once more.
const MARGIN: Duration = Duration::from_millis(500);

/// How much of that the reading may take.
const LAST_LOOK: Duration = Duration::from_millis(400);

/// When to look again after news that the store did not know of, and while it
/// is away.
const AGAIN: Duration = Duration::from_secs(2);

/// When to look in any case: between processes an event may get lost, or have no
/// way to come.
const SOMETIME: Duration = Duration::from_secs(5);

/// The job when it has ended, or as it is when the time is over or the server
/// stops. One that is asked for beyond the number of waiters, or beyond the client's
/// share of them, is answered at once. A store that goes away ends no wait: what is
/// known is the answer.
pub(crate) async fn until_ended(
    cx: &Context,
    who: &Who,
    id: JobId,
    wait: Duration,
) -> ApiResult<Found> {
    if wait.is_zero() {
        return cx.glance(who, id).await;
    }
    let longest = cx.rules.request_timeout.saturating_sub(MARGIN);
    let deadline = Instant::now() + wait.min(longest);
    // Before the first look, so that no event falls between the two.
    let mut watch = cx.news.watch(id);
    let mut found = cx.glance(who, id).await?;
    if found.job.status.is_terminal() {
        return Ok(found);
    }
    let Some(_seat) = cx.waiters.take(&who.client) else { return Ok(found) };
    let mut again = found.away;
    loop {
        let (over, heard) = tokio::select! {
            () = news(&mut watch) => (false, true),
            () = sleep(if again { AGAIN } else { SOMETIME }) => (false, false),
            () = sleep_until(deadline) => (true, false),
            () = cx.shutdown.cancelled() => (true, false),
        };
        found = look(cx, who, found, deadline.max(Instant::now()) + LAST_LOOK).await?;
        if over || found.job.status.is_terminal() {
            return Ok(found);
        }
        again = found.away || heard;
    }
}

/// The job as it is now, or as it was known if that cannot be found out in time.
async fn look(cx: &Context, who: &Who, known: Found, limit: Instant) -> ApiResult<Found> {
    match timeout_at(limit, cx.glance(who, known.job.id)).await {
        Ok(Err(error)) if error.code == ErrorCode::Unavailable => Ok(Found { away: true, ..known }),
        Ok(answer) => answer,
        Err(_elapsed) => Ok(Found { away: true, ..known }),
    }
}

/// Returns when the job may have ended.
async fn news(watch: &mut Watch) {
    while !matches!(watch.heard().await, Heard::Ended | Heard::Missed) {}
}
