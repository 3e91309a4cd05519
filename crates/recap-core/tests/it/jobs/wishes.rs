//! What a client may wish beside the video: a range, a transcript of its own,
//! an ended job done again, an end.

use std::time::Duration;

use recap_core::job::{Job, JobInput, OwnTranscript, Owner, TimeRange};
use recap_core::ports::{Entry, MediaError, Queue as _, Store as _, SummarizerError};
use recap_core::transcript::TranscriptSource;
use recap_core::{ErrorCode, JobId, JobKind, Status};
use recap_testkit::fakes::{Reply, TestJobs};
use recap_testkit::samples;

use super::{A_WHILE, summarize};

async fn submit(jobs: &TestJobs, job: &Job) -> JobId {
    jobs.store.insert(job, false).await.unwrap();
    jobs.queue.push(&[Entry::new(job, 0)], Duration::ZERO).await.unwrap();
    job.id
}

fn new_job(jobs: &TestJobs, input: JobInput) -> Job {
    let now = jobs.clock.now();
    Job::new(Owner::default(), JobKind::Summary, input, now, now + jobs.cx.policy.max_age)
}

#[tokio::test]
async fn only_what_is_said_in_the_range_is_read() {
    let jobs = TestJobs::new();
    let range = TimeRange { start: Duration::from_mins(1), end: Some(Duration::from_mins(2)) };
    let input = JobInput { range: Some(range), ..samples::input() };
    let id = submit(&jobs, &new_job(&jobs, input)).await;
    jobs.drain().await;
    assert_eq!(jobs.job(id).status, Status::Succeeded);
    let cues = jobs.store.find_transcript(id).await.unwrap().unwrap().cues;
    assert_eq!((cues[0].start, cues.last().unwrap().end), (range.start, range.end.unwrap()));
    let notes = jobs.store.list_notes(id).await.unwrap();
    let times: Vec<_> = notes.iter().map(|it| (it.index, it.start, it.end)).collect();
    assert_eq!(times, [(0, range.start, range.end.unwrap())]);
    assert!(jobs.job(id).transcript.unwrap().coverage > 0.99);

    // The whole video is other work.
    let whole = summarize(&jobs).await;
    assert_eq!(whole.cache, None);
}

#[tokio::test]
async fn a_range_in_which_nobody_speaks_fails_and_says_so() {
    let jobs = TestJobs::new();
    let range = TimeRange { start: Duration::from_hours(2), end: None };
    let input = JobInput { range: Some(range), ..samples::input() };
    let id = submit(&jobs, &new_job(&jobs, input)).await;
    jobs.drain().await;
    assert_eq!(jobs.job(id).error.unwrap().code, ErrorCode::NoCaptions);
}

#[tokio::test]
async fn a_transcript_of_the_clients_own_needs_no_video() {
    let jobs = TestJobs::new();
    let title = Some("A talk".to_owned());
    let own = OwnTranscript { digest: "d1".to_owned(), title, estimated: true };
    let input = JobInput { video_id: None, transcript: Some(own), ..samples::input() };
    let job = new_job(&jobs, input);
    let mut transcript = samples::transcript(Duration::from_mins(1));
    transcript.source = TranscriptSource::Client;
    jobs.store.insert_with_transcript(&job, &transcript, false).await.unwrap();
    submit(&jobs, &job).await;
    jobs.drain().await;
    let done = jobs.job(job.id);
    assert_eq!(done.status, Status::Succeeded);
    assert_eq!(jobs.media.calls(), []);
    assert_eq!(done.title(), Some("A talk"));
    assert_eq!(done.transcript.unwrap().source, TranscriptSource::Client);
    assert_eq!(done.warnings.len(), 1);
}

#[tokio::test]
async fn a_retry_begins_where_the_ended_job_stopped() {
    let jobs = TestJobs::new();
    jobs.summarizer
        .then_notes(Reply::Default)
        .then_notes(Reply::Fail(SummarizerError::Unauthorized { problem: "the key is wrong" }));
    let failed = summarize(&jobs).await;
    assert_eq!((failed.status, failed.progress.segments_done), (Status::Failed, 1));

    let again = Job { retry_of: Some(failed.id), ..new_job(&jobs, failed.input.clone()) };
    let calls = jobs.summarizer.calls().len();
    submit(&jobs, &again).await;
    jobs.drain().await;
    assert_eq!(jobs.job(again.id).status, Status::Succeeded);
    assert_eq!(jobs.media.calls().len(), 1, "the transcript is taken over");
    // One segment was missing, then the whole.
    assert_eq!(jobs.summarizer.calls().len() - calls, 2);
    assert_eq!(jobs.job(failed.id), failed, "a terminal status never changes");
}

#[tokio::test]
async fn an_end_that_was_asked_for_is_kept_even_for_a_premiere() {
    let jobs = TestJobs::new();
    let deadline = jobs.clock.now() + Duration::from_mins(10);
    let start = jobs.clock.now() + Duration::from_hours(5);
    let failure = ErrorCode::VideoNotStarted.into();
    jobs.media.then(Reply::Fail(MediaError::NotYet { failure, until: Some(start) }));
    let job =
        Job { deadline: Some(deadline), expires_at: deadline, ..new_job(&jobs, samples::input()) };
    submit(&jobs, &job).await;
    jobs.drain().await;
    assert_eq!(jobs.job(job.id).expires_at, deadline);
    jobs.clock.advance(Duration::from_mins(10) + A_WHILE);
    jobs.reconcile().await;
    assert_eq!(jobs.job(job.id).status, Status::Expired);
}
