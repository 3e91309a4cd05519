//! Writes how an attempt ended: the only place that changes a job's status.

use std::time::Duration;

use jiff::Timestamp;
use tracing::{info, warn};

use super::End;
use crate::error::{ErrorCode, Failure};
use crate::job::{Job, Stage, Status, WaitingReason};
use crate::jobs::JobPayload;
use crate::jobs::error::JobError;
use crate::jobs::run::{Run, later, since};
use crate::ports::{Release, Renewal, StoreError};
use crate::retry::Decision;

/// Longest time an entry waits in the queue.
const LONGEST_DELAY: Duration = Duration::from_mins(15);

pub(super) async fn conclude(run: &mut Run<'_>, end: End) -> Result<(), StoreError> {
    match end {
        End::Done(Ok(())) => succeed(run).await,
        End::Done(Err(error)) => after_error(run, error).await,
        End::Canceled => cancel(run).await,
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
            let known = until.filter(|it| *it > now);
            if let (Some(start), WaitingReason::NotStarted) = (known, reason) {
                outlive(run, start);
            }
            let until = known.unwrap_or_else(|| later(now, run.cx.policy.live_recheck));
            wait(run, failure, until, reason).await
        }
        JobError::Pause { failure, delay, reason } => {
            // A pause is no attempt, so nothing else ends a loop of empty ones.
            let delay = delay.max(run.cx.policy.retry.base);
            wait(run, failure, later(now, delay), reason).await
        }
        JobError::Retry { failure, class, reason, source } => {
            run.job.attempts += 1;
            match run.cx.policy.retry.decide(run.job.attempts, class, (run.cx.chance)()) {
                Decision::GiveUp => fail(run, failure).await,
                Decision::Again { delay } => {
                    let source = source.map(|it| it.to_string());
                    warn!(code = %failure.code, source, delay_s = delay.as_secs(), "job will be retried");
                    wait(run, failure, later(now, delay), reason).await
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

async fn cancel(run: &mut Run<'_>) -> Result<(), StoreError> {
    run.job.error = Some(ErrorCode::Canceled.into());
    finish(run, Status::Canceled).await
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
    job.expires_at = later(now, run.cx.policy.retention);
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

/// A job that waits for a known time outlives it; all else ends at its age, a
/// premiere without a time among it.
fn outlive(run: &mut Run<'_>, time: Timestamp) {
    let end = later(time, run.cx.policy.max_age);
    run.job.expires_at = run.job.expires_at.max(end);
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
    // Whoever asked for an end in the last moment is not kept waiting for the
    // next attempt, which may be days away.
    match cx.store.renew(run.lease, later(now, cx.policy.lease)).await? {
        Renewal::Held => {}
        Renewal::CancelRequested => return cancel(run).await,
        Renewal::Lost => return Ok(()),
    }
    let Job { attempts, expires_at, .. } = run.job;
    let release = Release { retry_at, waiting_reason, attempts, expires_at };
    if cx.store.release(run.lease, &release, now).await? {
        run.job.status = Status::Queued;
        run.publish().await;
        push(run, retry_at.map_or(Duration::ZERO, |at| since(now, at))).await;
    }
    Ok(())
}

/// What is due in hours or days is left to the reconciler: until then its entry
/// would only lie in the queue, for a job that may be canceled meanwhile.
async fn push(run: &Run<'_>, delay: Duration) {
    if delay > LONGEST_DELAY {
        return;
    }
    let payload = JobPayload::new(run.job.kind, run.job.id);
    if let Err(error) = run.cx.queue.push(payload, run.job.input.priority, delay).await {
        warn!(error = %error.0, "the job could not be queued; the reconciler will do it");
    }
}
