//! Ends that come from outside: cancel, deadline, stop, a lost lease. The
//! tests' time jumps ahead whenever everyone waits.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use recap_core::job::WaitingReason;
use recap_core::jobs::JobPayload;
use recap_core::ports::{
    Cancel, CaptionRequest, Captions, Events as _, Handler as _, JobEvent, JobFilter, MediaError,
    MediaSource, PlaylistItem, PlaylistRequest, Store,
};
use recap_core::{ErrorCode, JobId, JobKind, Status};
use recap_testkit::fakes::{Reply, TestJobs};

/// When a job that is canceled while it waits is forgotten; these ones run.
const LATER: Timestamp = Timestamp::MAX;

/// A job whose fetch never ends, in the hands of a runner, while `meanwhile`
/// happens.
async fn hanging(jobs: &TestJobs, meanwhile: impl AsyncFnOnce(JobId)) -> JobId {
    jobs.media.then(Reply::Hang);
    let id = jobs.submit(JobKind::Summary).await;
    let runner = jobs.runner();
    let mut events = cx_events(jobs);
    let handling = runner.handle(JobPayload::new(JobKind::Summary, id));
    let meanwhile = async {
        while jobs.media.calls().is_empty() {
            events.recv().await.unwrap();
            tokio::task::yield_now().await;
        }
        meanwhile(id).await;
    };
    tokio::join!(handling, meanwhile);
    id
}

fn cx_events(jobs: &TestJobs) -> tokio::sync::broadcast::Receiver<JobEvent> {
    jobs.events.subscribe()
}

#[tokio::test(start_paused = true)]
async fn a_running_job_is_canceled_as_soon_as_it_is_told() {
    let jobs = TestJobs::new();
    let began = tokio::time::Instant::now();
    let id = hanging(&jobs, async |id| {
        let canceled =
            jobs.store.cancel(id, &ErrorCode::Canceled.into(), jobs.clock.now(), LATER).await;
        assert_eq!(canceled.unwrap(), Cancel::Requested);
        jobs.events.publish(JobEvent::CancelRequested { job: id }).await;
    })
    .await;

    assert_eq!(jobs.job(id).status, Status::Canceled);
    assert_eq!(jobs.job(id).error.unwrap().code, ErrorCode::Canceled);
    assert_eq!(began.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_wish_that_is_not_heard_is_found_at_the_next_renewal() {
    let jobs = TestJobs::new();
    let began = tokio::time::Instant::now();
    let id = hanging(&jobs, async |id| {
        let now = jobs.clock.now();
        jobs.store.cancel(id, &ErrorCode::Canceled.into(), now, LATER).await.unwrap();
    })
    .await;
    assert_eq!(jobs.job(id).status, Status::Canceled);
    assert!(began.elapsed() <= jobs.cx.policy.lease / 4);
}

/// Fails in passing, in the moment in which someone cancels the job: before the
/// keeper of its lease has heard of it.
struct CanceledMeanwhile(Arc<dyn Store>);

#[async_trait]
impl MediaSource for CanceledMeanwhile {
    fn routes(&self) -> Vec<String> {
        vec!["first".to_owned()]
    }

    async fn captions(&self, _: &CaptionRequest) -> Result<Captions, MediaError> {
        let filter = JobFilter { limit: 1, ..JobFilter::default() };
        let job = self.0.list(&filter).await.unwrap().jobs.remove(0);
        let canceled =
            self.0.cancel(job.id, &ErrorCode::Canceled.into(), job.created_at, LATER).await;
        assert_eq!(canceled.unwrap(), Cancel::Requested);
        Err(MediaError::Transient { failure: ErrorCode::Network.into(), after: None, source: None })
    }

    async fn playlist(&self, _: &PlaylistRequest) -> Result<Vec<PlaylistItem>, MediaError> {
        Ok(Vec::new())
    }
}

#[tokio::test]
async fn a_job_canceled_as_its_attempt_fails_does_not_wait_for_the_next_one() {
    let jobs = TestJobs::with(|cx| cx.media = Arc::new(CanceledMeanwhile(cx.store.clone())));
    let id = jobs.submit(JobKind::Summary).await;
    jobs.drain().await;
    assert_eq!(jobs.job(id).status, Status::Canceled);
    assert_eq!(jobs.job(id).error.unwrap().code, ErrorCode::Canceled);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_takes_too_long_is_ended_and_repeated() {
    let jobs = TestJobs::new();
    let id = hanging(&jobs, async |_| {}).await;
    let job = jobs.job(id);
    assert_eq!((job.status, job.attempts), (Status::Queued, 1));
    assert_eq!(job.waiting_reason, Some(WaitingReason::Retry));
    assert_eq!(job.last_error.unwrap().code, ErrorCode::Timeout);
}

#[tokio::test(start_paused = true)]
async fn a_stop_hands_the_job_back_at_once() {
    let jobs = TestJobs::new();
    let id = hanging(&jobs, async |_| jobs.stopping.cancel()).await;
    let job = jobs.job(id);
    assert_eq!((job.status, job.attempts, job.retry_at), (Status::Queued, 0, None));
    // One entry of the submit, one of the hand-over.
    assert_eq!(jobs.queue.waiting().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_lost_its_lease_writes_nothing() {
    let jobs = TestJobs::new();
    let id = hanging(&jobs, async |id| {
        jobs.clock.advance(jobs.cx.policy.lease);
        let other = jobs.store.claim(id, jobs.clock.now(), jobs.cx.policy.lease).await.unwrap();
        assert!(other.is_some());
    })
    .await;
    let job = jobs.job(id);
    assert_eq!((job.status, job.attempts), (Status::Running, 0));
}
