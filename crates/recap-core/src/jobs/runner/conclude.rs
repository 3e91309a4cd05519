//! Writes how an attempt ended: the only place that changes a job's status.

use std::time::Duration;

use jiff::Timestamp;
use tracing::{info, warn};

use super::End;
use crate::error::{ErrorCode, Failure};
use crate::job::{Job, JobId, JobKind, Stage, Status, Told, WaitingReason};
use crate::jobs::context::JobContext;
use crate::jobs::error::JobError;
use crate::jobs::run::Run;
use crate::jobs::time::{later, since};
use crate::ports::{Entry, Release, Renewal, StoreError};
use crate::retry::Decision;
use crate::webhook::EventType;

/// Longest time an entry waits in the queue.
const LONGEST_DELAY: Duration = Duration::from_mins(15);

/// Followers woken at once.
const BATCH: usize = 100;

pub(super) async fn conclude(run: &mut Run<'_>, end: End) -> Result<(), StoreError> {
    match end {
        End::Done(Ok(())) => succeed(run).await,
        End::Done(Err(error)) => after_error(run, error).await,
        End::Canceled => cancel(run).await,
        End::Expired => expire(run).await,
        End::Stopping => hand_back(run, Back::default()).await,
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
        JobError::Follow(leader) => follow(run, leader).await,
        JobError::Children { look_in } => {
            // It looked, and will look again: what failed before does not count.
            run.job.attempts = 0;
            let (retry_at, reason) = (later(now, look_in), WaitingReason::Children);
            let back =
                Back { retry_at: Some(retry_at), waiting_reason: Some(reason), ..Back::default() };
            hand_back(run, back).await
        }
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

async fn expire(run: &mut Run<'_>) -> Result<(), StoreError> {
    run.job.error = Some(ErrorCode::Expired.into());
    finish(run, Status::Expired).await
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
    job.follows = None;
    job.last_error = None;
    // A batch has to see to its jobs first, whoever is told.
    if run.job.kind != JobKind::Batch && !wants_end(run).await {
        run.job.told = Told::End;
    }
    let written = run.cx.insist(|| run.cx.store.finish(run.lease, &run.job)).await?;
    if written || has_ended_so(run, now).await {
        let seconds = since(run.job.created_at, now).as_secs_f64();
        info!(job.status = %status, job.seconds = seconds, "job ended");
        run.cx.observer.ended(&run.job);
        run.publish().await;
        let desk = run.cx.desk();
        desk.tell_or_leave(&run.job, now).await;
        desk.wake_batch(&run.job).await;
        wake_followers(run.cx, run.job.id).await;
    } else {
        warn!("the job ended in other hands; this result is dropped");
    }
    Ok(())
}

/// Whether anyone is to be told of the end. If that cannot be found out, it is
/// later.
async fn wants_end(run: &Run<'_>) -> bool {
    let Some(event) = EventType::of_end(run.job.kind, run.job.status) else { return false };
    run.cx.desk().targets(&run.job, event).await.map_or(true, |it| !it.is_empty())
}

/// Whether it was our own write whose answer got lost: nobody else writes this
/// end at this time.
async fn has_ended_so(run: &Run<'_>, now: Timestamp) -> bool {
    let found = run.cx.store.find(run.job.id).await.ok().flatten();
    found.is_some_and(|it| it.status == run.job.status && it.completed_at == Some(now))
}

/// A job that waits for a known time outlives it; all else ends at its age, a
/// premiere without a time among it.
fn outlive(run: &mut Run<'_>, time: Timestamp) {
    let end = later(time, run.cx.policy.max_age);
    let end = run.job.deadline.map_or(end, |it| end.min(it));
    run.job.expires_at = run.job.expires_at.max(end);
}

/// Back into the queue until `until`; the reason is kept for who looks.
async fn wait(
    run: &mut Run<'_>,
    failure: Failure,
    until: Timestamp,
    reason: WaitingReason,
) -> Result<(), StoreError> {
    run.cx.observer.retried(failure.code);
    run.job.last_error = Some(failure);
    let back = Back { retry_at: Some(until), waiting_reason: Some(reason), ..Back::default() };
    hand_back(run, back).await
}

/// Behind `leader`, until it ends or patience does: a leader whose worker died
/// must not be waited for.
async fn follow(run: &mut Run<'_>, leader: JobId) -> Result<(), StoreError> {
    info!(job.leader = %leader, "another job does the same; waiting for its result");
    let cx = run.cx;
    let back = Back {
        retry_at: Some(later(cx.now(), cx.policy.patience)),
        waiting_reason: Some(WaitingReason::Identical),
        follows: Some(leader),
        ..Back::default()
    };
    hand_back(run, back).await?;
    // It may have ended before it could know of us.
    let leads = cx.store.find(leader).await?.is_some_and(|it| it.status == Status::Running);
    if !leads {
        wake_followers(cx, leader).await;
    }
    Ok(())
}

/// How long a suspect waits before it looks for another worker.
const PUT_OFF: Duration = Duration::from_secs(5);

/// Back into the queue for a moment, with its crashes still counted.
pub(super) async fn put_off(run: &mut Run<'_>, crashes: u32) -> Result<(), StoreError> {
    let until = later(run.cx.now(), PUT_OFF);
    let reason = Some(WaitingReason::Retry);
    hand_back(run, Back { retry_at: Some(until), waiting_reason: reason, crashes, follows: None })
        .await
}

/// Whoever waited for this job looks at what became of it.
async fn wake_followers(cx: &JobContext, leader: JobId) {
    loop {
        let woken = match cx.store.take_followers(leader, cx.now(), BATCH).await {
            Ok(woken) => woken,
            Err(error) => return warn!(error = %error.0, "followers wake by themselves"),
        };
        if let Err(error) = cx.queue.push(&woken, Duration::ZERO).await {
            return warn!(error = %error.0, "followers are queued by the reconciler");
        }
        if woken.len() < BATCH {
            return;
        }
    }
}

/// How a job goes back.
#[derive(Default)]
struct Back {
    retry_at: Option<Timestamp>,
    waiting_reason: Option<WaitingReason>,
    crashes: u32,
    follows: Option<JobId>,
}

async fn hand_back(run: &mut Run<'_>, back: Back) -> Result<(), StoreError> {
    let Back { retry_at, waiting_reason, crashes, follows } = back;
    let cx = run.cx;
    run.job.progress.stage = Stage::Waiting;
    if !cx.insist(|| cx.store.save(run.lease, &run.job)).await? {
        return Ok(());
    }
    // Only now: the store may have been waited for.
    let now = cx.now();
    // Whoever asked for an end in the last moment is not kept waiting for the
    // next attempt, which may be days away.
    match cx.store.renew(run.lease, later(now, cx.policy.lease)).await {
        // A store that does not answer is waited for by the release.
        Ok(Renewal::Held) | Err(_) => {}
        Ok(Renewal::CancelRequested) => return cancel(run).await,
        Ok(Renewal::Lost) => return Ok(()),
    }
    let Job { attempts, expires_at, .. } = run.job;
    let release = Release { retry_at, waiting_reason, attempts, expires_at, crashes, follows };
    if cx.insist(|| cx.store.release(run.lease, &release, cx.now())).await? {
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
    let entry = Entry::new(&run.job, run.lease.fence);
    if let Err(error) = run.cx.queue.push(&[entry], delay).await {
        warn!(error = %error.0, "the job could not be queued; the reconciler will do it");
    }
}
