//! Writes how an attempt ended: the only place that changes a job's status.

use std::time::Duration;

use jiff::Timestamp;
use tracing::{info, warn};

use super::End;
use crate::error::{ErrorCode, Failure};
use crate::job::{Stage, Status, WaitingReason};
use crate::jobs::JobPayload;
use crate::jobs::error::JobError;
use crate::jobs::run::{Run, since};
use crate::ports::{Release, StoreError};
use crate::retry::Decision;

pub(super) async fn conclude(run: &mut Run<'_>, end: End) -> Result<(), StoreError> {
    match end {
        End::Done(Ok(())) => succeed(run).await,
        End::Done(Err(error)) => after_error(run, error).await,
        End::Canceled => {
            run.job.error = Some(ErrorCode::Canceled.into());
            finish(run, Status::Canceled).await
        }
        End::Stopping => hand_back(run, None, None).await,
        End::Lost => {
            warn!("the job is in other hands now");
            Ok(())
        }
    }
}

async fn after_error(run: &mut Run<'_>, error: JobError) -> Result<(), StoreError> {
    let now = run.cx.now();
    match error {
        JobError::Fail(failure) => fail(run, failure).await,
        JobError::Lost => Ok(()),
        JobError::Wait { failure, until, reason } => {
            let until = until.filter(|it| *it > now);
            wait(run, failure, until.unwrap_or(now + run.cx.policy.live_recheck), reason).await
        }
        JobError::Pause { failure, delay, reason } => wait(run, failure, now + delay, reason).await,
        JobError::Retry { failure, class, reason, source } => {
            run.job.attempts += 1;
            match run.cx.policy.retry.decide(run.job.attempts, class, (run.cx.chance)()) {
                Decision::GiveUp => fail(run, failure).await,
                Decision::Again { delay } => {
                    let source = source.map(|it| it.to_string());
                    warn!(code = %failure.code, source, delay_s = delay.as_secs(), "job will be retried");
                    wait(run, failure, now + delay, reason).await
                }
            }
        }
    }
}

pub(super) async fn fail(run: &mut Run<'_>, failure: Failure) -> Result<(), StoreError> {
    info!(code = %failure.code, "job failed");
    run.job.error = Some(failure);
    finish(run, Status::Failed).await
}

async fn succeed(run: &mut Run<'_>) -> Result<(), StoreError> {
    run.job.progress.stage = Stage::Done;
    finish(run, Status::Succeeded).await
}

async fn finish(run: &mut Run<'_>, status: Status) -> Result<(), StoreError> {
    let now = run.cx.now();
    let job = &mut run.job;
    job.status = status;
    job.completed_at = Some(now);
    job.expires_at = now + run.cx.policy.retention;
    job.waiting_reason = None;
    job.retry_at = None;
    job.last_error = None;
    if run.cx.store.finish(run.lease, &run.job).await? {
        let seconds = since(run.job.created_at, now).as_secs_f64();
        info!(job.status = %status, job.seconds = seconds, "job ended");
        run.publish().await;
    } else {
        warn!("the job ended in other hands; this result is dropped");
    }
    Ok(())
}

/// Back into the queue until `until`; the reason is kept for who looks.
async fn wait(
    run: &mut Run<'_>,
    failure: Failure,
    until: Timestamp,
    reason: WaitingReason,
) -> Result<(), StoreError> {
    run.job.last_error = Some(failure);
    hand_back(run, Some(until), Some(reason)).await
}

async fn hand_back(
    run: &mut Run<'_>,
    retry_at: Option<Timestamp>,
    waiting_reason: Option<WaitingReason>,
) -> Result<(), StoreError> {
    let (cx, now) = (run.cx, run.cx.now());
    run.job.progress.stage = Stage::Waiting;
    if !cx.store.save(run.lease, &run.job).await? {
        return Ok(());
    }
    // A job that waits for a known time outlives it; all else ends at its age.
    let patient = matches!(waiting_reason, Some(WaitingReason::NotStarted));
    let expires_at = match retry_at {
        Some(at) if patient => run.job.expires_at.max(at + cx.policy.max_age),
        _ => run.job.expires_at,
    };
    let release = Release { retry_at, waiting_reason, attempts: run.job.attempts, expires_at };
    if cx.store.release(run.lease, &release, now).await? {
        run.job.status = Status::Queued;
        run.publish().await;
        let delay = retry_at.map_or(Duration::ZERO, |at| since(now, at));
        let payload = JobPayload::new(run.job.kind, run.job.id);
        if let Err(error) = cx.queue.push(payload, run.job.input.priority, delay).await {
            warn!(error = %error.0, "the job could not be queued; the reconciler will do it");
        }
    }
    Ok(())
}
