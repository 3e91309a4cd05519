//! The jobs against scripted ports and a clock that is turned by hand.

mod batch;
mod cancel;
mod endpoints;
mod feed;
mod ladder;
mod media;
mod outage;
mod packing;
mod recovery;
mod reuse;
mod summarizer;
mod telling;
mod watching;
mod webhooks;
mod wishes;

use std::time::Duration;

use recap_core::job::Stage;
use recap_core::jobs::JobPayload;
use recap_core::ports::Store as _;
use recap_core::{Job, JobKind, Status};
use recap_testkit::fakes::{SummarizerCall, TestJobs};

/// The first failed attempt waits less than this.
const A_WHILE: Duration = Duration::from_mins(1);

/// Submits a summary job and runs it as far as it goes now.
async fn summarize(jobs: &TestJobs) -> Job {
    let id = jobs.submit(JobKind::Summary).await;
    jobs.drain().await;
    jobs.job(id)
}

/// Turns the clock so far that only the reconciler brings a job back, and does
/// what is due.
async fn much_later(jobs: &TestJobs, time: Duration) {
    jobs.clock.advance(time + jobs.cx.policy.patience);
    jobs.reconcile().await;
    jobs.drain().await;
}

#[tokio::test]
async fn a_summary_is_made_segment_by_segment() {
    let jobs = TestJobs::new();
    let job = summarize(&jobs).await;

    assert_eq!(job.status, Status::Succeeded);
    let expected = [SummarizerCall::Notes(0), SummarizerCall::Notes(1), SummarizerCall::Combine(2)];
    assert_eq!(jobs.summarizer.calls(), expected);
    assert_eq!((job.usage.calls, job.usage.input_tokens), (3, 300));
    assert_eq!((job.progress.stage, job.progress.percent()), (Stage::Done, 100));
    let coverage = (job.transcript.unwrap().coverage, job.result.unwrap().coverage);
    assert!(coverage >= (1.0, 1.0), "{coverage:?}");
    assert_eq!(job.completed_at, Some(jobs.clock.now()));
    assert_eq!(job.expires_at, jobs.clock.now() + jobs.cx.policy.retention);
    let stages: Vec<Stage> = job.timings.iter().map(|it| it.stage).collect();
    assert_eq!(stages, [Stage::Fetching, Stage::Summarizing, Stage::Combining]);
}

#[tokio::test]
async fn a_transcript_is_only_fetched() {
    let jobs = TestJobs::new();
    let id = jobs.submit(JobKind::Transcript).await;
    jobs.drain().await;

    assert_eq!(jobs.job(id).status, Status::Succeeded);
    assert!(jobs.summarizer.calls().is_empty());
    assert_eq!(jobs.store.find_transcript(id).await.unwrap().unwrap().cues.len(), 144);
}

#[tokio::test]
async fn an_entry_that_comes_twice_does_its_work_once() {
    let jobs = TestJobs::new();
    let job = summarize(&jobs).await;
    let again = JobPayload::Summarize { job: job.id };
    recap_core::ports::Handler::handle(&jobs.runner(), again).await;

    assert_eq!(jobs.media.calls().len(), 1);
    assert_eq!(jobs.job(job.id), job);
}

#[test]
fn a_payload_is_an_id_and_nothing_else() {
    let job = "job_01KAJ7Q1N0000000000000000A".parse().unwrap();
    let json = serde_json::to_string(&JobPayload::new(JobKind::Summary, job)).unwrap();
    assert_eq!(json, r#"{"kind":"summarize","job":"job_01KAJ7Q1N0000000000000000A"}"#);
}
