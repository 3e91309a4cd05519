//! Brings back what got lost, and ends what is over. Run every few seconds by
//! one worker; running it twice at once does no harm.

use std::time::Duration;

use tracing::{info, warn};

use super::JobPayload;
use super::context::JobContext;
use crate::error::ErrorCode;
use crate::job::Status;
use crate::ports::{JobEvent, StoreError};

/// Most documents touched by one pass of each kind.
const BATCH: usize = 100;

/// One pass.
///
/// # Errors
///
/// When the store does not answer; the next pass goes on where this one ended.
pub async fn pass(cx: &JobContext) -> Result<(), StoreError> {
    requeue(cx).await?;
    expire(cx).await?;
    cx.store.forget(cx.now(), BATCH).await?;
    if let Err(error) = cx.queue.clean().await {
        warn!(error = %error.0, "finished queue entries could not be removed");
    }
    Ok(())
}

async fn requeue(cx: &JobContext) -> Result<(), StoreError> {
    for job in cx.store.take_stale(cx.now(), cx.policy.patience, BATCH).await? {
        info!(job.id = %job.id, job.status = %job.status, "job seems lost; queued again");
        let payload = JobPayload::new(job.kind, job.id);
        if let Err(error) = cx.queue.push(payload, job.input.priority, Duration::ZERO).await {
            warn!(error = %error.0, "the queue does not answer; the next pass tries again");
            break;
        }
    }
    Ok(())
}

async fn expire(cx: &JobContext) -> Result<(), StoreError> {
    let (now, failure) = (cx.now(), ErrorCode::Expired.into());
    let expired = cx.store.expire(now, &failure, now + cx.policy.retention, BATCH).await?;
    for job in expired {
        info!(job.id = %job, "job expired");
        cx.events.publish(JobEvent::Changed { job, status: Status::Expired }).await;
    }
    Ok(())
}
