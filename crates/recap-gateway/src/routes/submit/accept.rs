//! Whether a job can be taken, and the writing of it.

use std::time::Duration;

use recap_core::Job;
use recap_core::ports::Entry;
use recap_core::transcript::Transcript;
use recap_telemetry::metrics;
use tokio::time::timeout;
use tracing::{debug, info, warn};

use super::hit;
use super::order::Order;
use crate::context::Context;
use crate::copies::Found;
use crate::error::ApiResult;
use crate::idempotency::Claim;

/// How long the queue may take before the client is answered without it.
const QUEUE_TIMEOUT: Duration = Duration::from_secs(2);

/// What is to be written.
pub(super) enum Prepared {
    /// Nothing: a process that died had done so.
    There(Job),
    /// A job that has ended already.
    Hit(Job, Option<Transcript>),
    /// A job, which is parked if there is no place for it in the queue.
    New { job: Job, transcript: Option<Transcript>, parked: bool },
}

/// Finds out what is to be written, and whether there is room for it. Changes
/// nothing. What a process that died has made counts, whatever is said of the order
/// by now.
pub(super) async fn prepare(
    cx: &Context,
    order: ApiResult<Order>,
    claim: &Claim,
) -> ApiResult<Prepared> {
    if claim.taken_over
        && let Some(there) = cx.ask(cx.store().find(claim.job)).await?
    {
        return Ok(Prepared::There(there));
    }
    let Order { mut job, transcript, jobs, as_batch: _ } = order?;
    job.id = claim.job;
    if let Some((job, transcript)) = hit::find(cx, &job).await? {
        return Ok(Prepared::Hit(job, transcript));
    }
    let now = cx.now();
    cx.capacity.admit(cx, &job, jobs, now).await?;
    let parked = !cx.lanes.take(cx, &job, now).await?;
    Ok(Prepared::New { job, transcript, parked })
}

/// Writes it. The document comes first: once it is kept, a queue that does not
/// answer only makes the job start later.
pub(super) async fn keep(cx: &Context, prepared: Prepared) -> ApiResult<Found> {
    let now = cx.now();
    let job = match prepared {
        Prepared::There(job) => job,
        Prepared::Hit(job, transcript) => Box::pin(hit::keep(cx, job, transcript.as_ref())).await?,
        Prepared::New { job, transcript, parked } => {
            match &transcript {
                Some(own) => {
                    let insert = cx.store().insert_with_transcript(&job, own, parked);
                    cx.tell(insert).await?;
                }
                None => cx.tell(cx.store().insert(&job, parked)).await?,
            }
            accepted(&job, parked);
            if !parked {
                queue(cx, &job).await;
            }
            job
        }
    };
    cx.copies.keep(&job, now).await;
    Ok(Found::now(job, now))
}

fn accepted(job: &Job, parked: bool) {
    let video = job.input.subject();
    info!(job.id = %job.id, job.kind = %job.kind, video.id = %video, job.parked = parked, "job accepted");
    metrics::job_submitted(&job.kind.to_string());
}

/// Says so to the queue, unless it has just shown that it does not listen.
async fn queue(cx: &Context, job: &Job) {
    if !cx.queue_reach.worth_asking(QUEUE_TIMEOUT) {
        debug!(job.id = %job.id, "job left to the reconciler; the queue is away");
        return;
    }
    let entry = Entry::new(job, 0);
    let push = cx.queue().push(std::slice::from_ref(&entry), Duration::ZERO);
    let problem = match timeout(QUEUE_TIMEOUT, push).await {
        Ok(Ok(())) => return cx.queue_reach.answered(),
        Ok(Err(error)) => error.0.to_string(),
        Err(elapsed) => elapsed.to_string(),
    };
    cx.queue_reach.failed();
    warn!(job.id = %job.id, error = problem, "job not queued; the reconciler will do it");
}
