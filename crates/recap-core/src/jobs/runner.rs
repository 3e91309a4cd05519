//! Takes a job in hand, keeps its lease while it runs, and writes how it ended.

mod conclude;
mod keeper;

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{Instrument, debug, error, info, info_span, warn};

use super::context::JobContext;
use super::error::JobError;
use super::run::Run;
use super::time::since;
use super::{JobPayload, batch, deliver, summarize, transcribe};
use crate::error::ErrorCode;
use crate::job::{JobId, JobKind};
use crate::ports::{Claim, Handler, StoreError};
use crate::webhook::DeliveryId;

/// Runs jobs. Safe to give the same payload twice: the claim lets one through.
pub struct Runner {
    cx: Arc<JobContext>,
    stopping: CancellationToken,
    /// Held by the one job in this process that may be poison.
    suspect: Semaphore,
    /// Messages being sent: beside the jobs, so that a receiver which does not
    /// answer keeps none of them waiting.
    messages: TaskTracker,
    room: Arc<Semaphore>,
}

/// Messages being sent at once.
const MESSAGES: usize = 16;

/// Why the work on a job stopped.
enum End {
    /// It came to its own end.
    Done(Result<(), JobError>),
    /// Someone asked for it to be canceled.
    Canceled,
    /// Another worker has it.
    Lost,
    /// Its life is over.
    Expired,
    /// This process is stopping: hand it back.
    Stopping,
}

impl Runner {
    /// Once `stopping` fires, jobs in hand are handed back at their last
    /// checkpoint.
    pub fn new(cx: Arc<JobContext>, stopping: CancellationToken) -> Self {
        let room = Arc::new(Semaphore::new(MESSAGES));
        let (suspect, messages) = (Semaphore::new(1), TaskTracker::new());
        Self { cx, stopping, suspect, messages, room }
    }

    /// Returns when no message is being sent any more.
    pub async fn settled(&self) {
        self.messages.close();
        self.messages.wait().await;
        self.messages.reopen();
    }

    /// Returns once the attempt has begun: its document brings it back if this
    /// process dies over it, so the queue need not. The same if there is no room:
    /// receivers that are slow must not keep jobs from being taken.
    fn deliver(&self, id: DeliveryId) {
        let Ok(permit) = Arc::clone(&self.room).try_acquire_owned() else {
            debug!(webhook.id = %id, "too many messages are being sent; it is found again");
            return;
        };
        let cx = Arc::clone(&self.cx);
        let span = info_span!("delivery", webhook.id = %id);
        let attempt = async move {
            if let Err(error) = deliver::run(&cx, id).await {
                warn!(error = %error.0, "the store did not answer; the message will be found again");
            }
            drop(permit);
        };
        self.messages.spawn(attempt.instrument(span));
    }

    async fn run(&self, id: JobId) -> Result<(), StoreError> {
        let cx = &self.cx;
        // A claim whose answer got lost is found again when its lease ends.
        let claim = || cx.store.claim(id, cx.now(), cx.policy.lease);
        let Some(claim) = cx.insist(claim).await? else {
            debug!("not due, already ended, or in other hands");
            return Ok(());
        };
        let Claim { job, lease, crashes } = claim;
        let mut run = Run::new(cx, job, lease);
        if crashes >= cx.policy.max_crashes {
            error!(job.crashes = crashes, "job ended its worker too often; giving it up");
            return conclude::fail(&mut run, ErrorCode::Poison.into()).await;
        }
        // A job with one chance left must not spend it beside another such
        // one: whichever is innocent would be found guilty with the other.
        let last_chance = crashes > 0 && crashes + 1 >= cx.policy.max_crashes;
        let suspect = last_chance.then(|| self.suspect.try_acquire());
        if matches!(suspect, Some(Err(_))) {
            return conclude::put_off(&mut run, crashes).await;
        }
        if lease.fence == 1 {
            cx.observer.started(&run.job, since(run.job.created_at, cx.now()));
        }
        info!(job.kind = %run.job.kind, job.fence = lease.fence, job.crashes = crashes, "job started");
        run.publish().await;
        run.tell_start().await;
        let end = self.work(&mut run).await;
        conclude::conclude(&mut run, end).await
    }

    /// Works until the job, its lease, its time or this process comes to an
    /// end. Dropping the work kills what it started.
    async fn work(&self, run: &mut Run<'_>) -> End {
        let cx = &self.cx;
        let keeper = keeper::keep(cx, run.lease, run.job.expires_at);
        let work = tokio::time::timeout(cx.policy.timeout, dispatch(run));
        tokio::select! {
            // Asked in this order, so that a job which ended is not handed back.
            biased;
            done = work => End::Done(done.unwrap_or_else(|_| Err(timed_out()))),
            end = keeper => end,
            () = self.stopping.cancelled() => End::Stopping,
        }
    }
}

async fn dispatch(run: &mut Run<'_>) -> Result<(), JobError> {
    match run.job.kind {
        JobKind::Summary => summarize::run(run).await,
        JobKind::Transcript => transcribe::run(run).await,
        JobKind::Batch => batch::run(run).await,
    }
}

fn timed_out() -> JobError {
    JobError::Retry {
        failure: ErrorCode::Timeout.into(),
        class: crate::retry::RetryClass::Transient,
        reason: crate::job::WaitingReason::Retry,
        source: None,
    }
}

#[async_trait]
impl Handler for Runner {
    async fn handle(&self, payload: JobPayload) {
        let job = match payload {
            JobPayload::Summarize { job }
            | JobPayload::Transcribe { job }
            | JobPayload::Batch { job } => job,
            JobPayload::Deliver { delivery } => return self.deliver(delivery),
        };
        let span = info_span!("job", job.id = %job);
        async {
            if let Err(error) = self.run(job).await {
                // The document is the truth: the reconciler brings it back.
                warn!(error = %error.0, "the store did not answer; the job will be found again");
            }
        }
        .instrument(span)
        .await;
    }
}
