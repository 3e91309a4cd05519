//! Several segments in one question, and the summary of the whole with the last.

use std::time::Duration;

use SummarizerCall::{Combine, Notes};
use recap_core::ports::{Answer, Pack, SummarizerError};
use recap_core::summary::{NotesStatus, SegmentNotes, Usage};
use recap_core::{Job, Status};
use recap_testkit::fakes::{Reply, SummarizerCall, TestJobs};

use super::{A_WHILE, summarize};

/// Six segments, of which three are taken at once.
fn jobs() -> TestJobs {
    let jobs = TestJobs::with(|cx| cx.policy.segment = Duration::from_secs(145));
    jobs.summarizer.set_takes(3);
    jobs
}

fn pack(first: u32, last: u32, whole: bool) -> SummarizerCall {
    SummarizerCall::Pack { first, last, whole }
}

/// Where each segment begins, in seconds.
fn chapters(job: &Job) -> Vec<u64> {
    let chapters = &job.result.as_ref().unwrap().chapters;
    chapters.iter().map(|it| it.start.as_secs()).collect()
}

#[tokio::test]
async fn an_hour_takes_two_calls() {
    let jobs = jobs();
    let job = summarize(&jobs).await;
    assert_eq!((job.status, job.usage.calls), (Status::Succeeded, 2));
    assert_eq!(jobs.summarizer.calls(), [pack(0, 2, false), pack(3, 5, true)]);
    assert_eq!(chapters(&job), [0, 100, 200, 300, 440, 580]);
    assert!(job.result.as_ref().unwrap().coverage >= 1.0);
    assert_eq!((job.progress.segments_done, job.progress.segments_total), (6, 6));
}

#[tokio::test]
async fn what_failed_is_asked_again_and_nothing_else() {
    let jobs = jobs();
    jobs.summarizer.then_pack(Reply::Default);
    jobs.summarizer.then_pack(Reply::Fail(SummarizerError::InvalidAnswer));
    let job = summarize(&jobs).await;
    assert_eq!((job.status, job.progress.segments_done), (Status::Queued, 3));
    jobs.after(A_WHILE).await;
    let job = jobs.job(job.id);
    assert_eq!(job.status, Status::Succeeded);
    let expected = [pack(0, 2, false), pack(3, 5, true), pack(3, 5, true)];
    assert_eq!(jobs.summarizer.calls(), expected);
    assert_eq!(chapters(&job), [0, 100, 200, 300, 440, 580]);
}

#[tokio::test]
async fn without_the_whole_it_is_made_of_the_notes() {
    let jobs = jobs();
    let refused = |index: u32| SegmentNotes {
        index,
        start: Duration::from_secs(144) * index,
        end: Duration::from_secs(144) * (index + 1),
        title: String::new(),
        summary: String::new(),
        points: Vec::new(),
        status: NotesStatus::Blocked,
        model: "scripted".to_owned(),
    };
    let value = Pack { notes: (3..6).map(refused).collect(), summary: None };
    let answer = Answer { value, usage: Usage::default(), warnings: Vec::new() };
    jobs.summarizer.then_pack(Reply::Default).then_pack(Reply::Answer(answer));
    let job = summarize(&jobs).await;
    assert_eq!(job.status, Status::Succeeded);
    assert_eq!(jobs.summarizer.calls(), [pack(0, 2, false), pack(3, 5, true), Combine(6)]);
    assert_eq!(job.degraded.as_deref(), Some("segments_blocked"));
    assert!(job.result.unwrap().coverage < 0.6);
}

#[tokio::test]
async fn one_segment_is_asked_about_as_ever() {
    let jobs = TestJobs::with(|cx| cx.policy.segment = Duration::from_mins(20));
    jobs.summarizer.set_takes(3);
    summarize(&jobs).await;
    assert_eq!(jobs.summarizer.calls(), [Notes(0), Combine(1)]);
}

#[tokio::test]
async fn a_provider_that_rests_leaves_all_of_them_to_the_fallback() {
    let jobs = jobs();
    let retry_after = Duration::from_mins(1);
    jobs.summarizer.then_pack(Reply::Default);
    jobs.summarizer.then_pack(Reply::Fail(SummarizerError::Resting { retry_after }));
    let job = summarize(&jobs).await;
    assert_eq!(job.status, Status::Succeeded);
    assert_eq!(job.degraded.as_deref(), Some("extractive_fallback"));
    assert_eq!(chapters(&job), [0, 100, 200, 300, 440, 580]);
}
