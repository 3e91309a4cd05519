//! Videos of which there is no text: watched, or listened to, segment by segment.

use std::sync::Arc;
use std::time::Duration;

use recap_core::error::{ErrorCode, Failure};
use recap_core::job::{JobInput, Owner, Rung, WaitingReason};
use recap_core::jobs::{JobPayload, Runner};
use recap_core::ports::{
    Answer, Captions, Handler as _, MediaError, Recording, Store as _, SummarizerError, Watched,
};
use recap_core::summary::{KeyPoint, NotesStatus, SegmentNotes, Usage};
use recap_core::transcript::TranscriptSource;
use recap_core::{Job, JobKind, Status};
use recap_testkit::fakes::{Reply, SummarizerCall, TestJobs};
use recap_testkit::samples;
use tokio_util::sync::CancellationToken;

use super::{A_WHILE, much_later, summarize};
use SummarizerCall::{Combine, Listen, Watch};

/// A job and its world, in which videos may be watched and listened to.
fn jobs() -> TestJobs {
    let jobs = TestJobs::new();
    jobs.summarizer.set_watches(true, true);
    jobs
}

fn blocked() -> Reply<Captions, MediaError> {
    let failure = Failure::from(ErrorCode::BlockedBotCheck);
    Reply::Fail(MediaError::Blocked { failure, after: Duration::from_hours(1) })
}

/// The video that all jobs here are about, without captions.
fn silent() -> Reply<Captions, MediaError> {
    let video = samples::captions(samples::video_id()).video;
    Reply::Fail(MediaError::Silent(Box::new(video)))
}

fn unreadable() -> Reply<Answer<Watched>, SummarizerError> {
    Reply::Fail(SummarizerError::Unreadable)
}

/// Notes on `index` of segments of ten minutes, in which the video ends.
fn ends(index: u32, seconds: u64) -> Reply<Answer<Watched>, SummarizerError> {
    let start = Duration::from_mins(10) * index;
    let notes = SegmentNotes {
        index,
        start,
        end: start + Duration::from_mins(10),
        title: "The end".to_owned(),
        summary: "It ends.".to_owned(),
        points: vec![KeyPoint { start, text: "It ends.".to_owned() }],
        status: NotesStatus::Done,
        model: "scripted".to_owned(),
    };
    let ends_at = Some(Duration::from_secs(seconds));
    let value = Watched { notes, language: None, ends_at };
    Reply::Answer(Answer { value, usage: Usage::default(), warnings: Vec::new() })
}

fn left(job: &Job) -> Vec<(Rung, ErrorCode)> {
    job.left.iter().map(|it| (it.rung, it.code)).collect()
}

#[tokio::test]
async fn a_video_without_captions_is_watched() {
    let jobs = jobs();
    jobs.media.then(silent());
    let job = summarize(&jobs).await;
    assert_eq!((job.status, &job.degraded), (Status::Succeeded, &None));
    assert_eq!(jobs.summarizer.calls(), [Watch(0), Watch(1), Combine(2)]);
    let info = job.transcript.as_ref().unwrap();
    assert_eq!((info.source, info.language.as_str()), (TranscriptSource::Video, "de"));
    assert!(info.coverage >= 1.0 && job.result.as_ref().unwrap().coverage >= 1.0);
    assert_eq!(job.result.as_ref().unwrap().language, "de");
    assert_eq!(left(&job), [(Rung::Captions, ErrorCode::NoCaptions)]);
    assert_eq!((job.progress.segments_done, job.progress.segments_total), (2, 2));
    assert!(jobs.store.find_transcript(job.id).await.unwrap().is_none());
    assert!(jobs.media.recording_calls().is_empty());
}

#[tokio::test]
async fn who_is_blocked_watches_without_knowing_how_long() {
    let jobs = jobs();
    jobs.media.then(blocked());
    jobs.summarizer.then_watch(ends(0, 600)).then_watch(ends(1, 754));
    let job = summarize(&jobs).await;
    assert_eq!(job.status, Status::Succeeded);
    assert_eq!(jobs.summarizer.calls(), [Watch(0), Watch(1), Combine(2)]);
    let video = job.video.as_ref().unwrap();
    assert_eq!(video.duration, Some(Duration::from_secs(754)));
    assert_eq!(job.result.as_ref().unwrap().chapters.last().unwrap().end.as_secs(), 754);
    assert_eq!(left(&job), [(Rung::Captions, ErrorCode::BlockedBotCheck)]);
}

#[tokio::test]
async fn an_end_before_the_segment_begins_leaves_no_notes() {
    let jobs = jobs();
    jobs.media.then(blocked());
    jobs.summarizer.then_watch(ends(0, 600)).then_watch(ends(1, 600));
    let job = summarize(&jobs).await;
    assert_eq!(jobs.summarizer.calls(), [Watch(0), Watch(1), Combine(1)]);
    assert_eq!(job.video.unwrap().duration, Some(Duration::from_mins(10)));
}

#[tokio::test]
async fn what_cannot_be_read_after_a_whole_segment_is_the_end() {
    let jobs = jobs();
    jobs.media.then(blocked());
    jobs.summarizer.then_watch(ends(0, 600)).then_watch(unreadable());
    let job = summarize(&jobs).await;
    assert_eq!(jobs.summarizer.calls(), [Watch(0), Watch(1), Combine(1)]);
    assert_eq!(job.degraded.as_deref(), Some("end_unknown"));
    assert_eq!(job.video.unwrap().duration, Some(Duration::from_mins(10)));
}

#[tokio::test]
async fn what_cannot_be_watched_is_listened_to() {
    let jobs = jobs();
    jobs.media.then(silent());
    jobs.summarizer.then_watch(unreadable());
    let job = summarize(&jobs).await;
    assert_eq!(job.status, Status::Succeeded);
    assert_eq!(jobs.summarizer.calls(), [Watch(0), Listen(0), Listen(1), Combine(2)]);
    assert_eq!(job.transcript.as_ref().unwrap().source, TranscriptSource::Audio);
    let expected =
        [(Rung::Captions, ErrorCode::NoCaptions), (Rung::Video, ErrorCode::SummarizerUnreadable)];
    assert_eq!(left(&job), expected);
    let asked: Vec<u64> =
        jobs.media.recording_calls().iter().map(|it| it.start.as_secs()).collect();
    assert_eq!((asked.len(), asked[0]), (2, 0));
    assert_eq!(job.child.unwrap().cpu_ms, 2);
}

#[tokio::test]
async fn when_nothing_can_be_had_the_reason_is_what_youtube_said() {
    let jobs = jobs();
    jobs.media.then(silent());
    let gone: Reply<Recording, MediaError> =
        Reply::Fail(MediaError::Permanent(ErrorCode::ExtractorMissing.into()));
    jobs.media.then_recording(gone);
    jobs.summarizer.then_watch(unreadable());
    let job = summarize(&jobs).await;
    assert_eq!(job.status, Status::Failed);
    assert_eq!(job.error.as_ref().unwrap().code, ErrorCode::NoCaptions);
    assert_eq!(left(&job).len(), 3);
    assert_eq!(left(&job)[2], (Rung::Audio, ErrorCode::ExtractorMissing));
}

#[tokio::test]
async fn a_passing_fault_of_youtube_is_no_reason_to_watch() {
    let jobs = jobs();
    let failure = Failure::from(ErrorCode::Network);
    jobs.media.then(Reply::Fail(MediaError::Transient { failure, after: None, source: None }));
    let job = summarize(&jobs).await;
    assert_eq!((job.status, job.waiting_reason), (Status::Queued, Some(WaitingReason::Retry)));
    assert!(jobs.summarizer.calls().is_empty());
    for code in [ErrorCode::VideoPrivate, ErrorCode::VideoUnavailable, ErrorCode::VideoDrm] {
        let jobs = self::jobs();
        jobs.media.then(Reply::Fail(MediaError::Permanent(code.into())));
        assert_eq!(summarize(&jobs).await.error.unwrap().code, code);
        assert!(jobs.summarizer.calls().is_empty());
    }
}

#[tokio::test]
async fn a_transcript_cannot_be_watched() {
    let jobs = jobs();
    jobs.media.then(silent());
    let id = jobs.submit(JobKind::Transcript).await;
    jobs.drain().await;
    assert_eq!(jobs.job(id).error.unwrap().code, ErrorCode::NoCaptions);
    assert!(jobs.summarizer.calls().is_empty());
}

#[tokio::test]
async fn a_spent_quota_waits_and_goes_on_where_it_was() {
    let jobs = jobs();
    jobs.media.then(silent());
    let until = jobs.clock.now() + Duration::from_hours(9);
    jobs.summarizer.then_watch(ends(0, 600));
    jobs.summarizer.then_watch(Reply::Fail(SummarizerError::QuotaSpent { until }));
    let job = summarize(&jobs).await;
    assert_eq!((job.status, job.waiting_reason), (Status::Queued, Some(WaitingReason::Quota)));
    assert_eq!(job.retry_at, Some(until));
    much_later(&jobs, Duration::from_hours(9) + A_WHILE).await;
    let job = jobs.job(job.id);
    assert_eq!(job.status, Status::Succeeded);
    assert_eq!(jobs.summarizer.calls(), [Watch(0), Watch(1), Watch(1), Combine(2)]);
    assert_eq!(jobs.media.calls().len(), 1, "YouTube is not asked again");
}

#[tokio::test]
async fn a_segment_that_stays_wrong_ends_the_job() {
    let jobs = jobs();
    jobs.media.then(silent());
    jobs.summarizer.then_watch(Reply::Default);
    for _ in 0..20 {
        jobs.summarizer.then_watch(Reply::Fail(SummarizerError::InvalidAnswer));
    }
    let id = summarize(&jobs).await.id;
    for _ in 0..20 {
        much_later(&jobs, Duration::from_mins(10)).await;
    }
    let job = jobs.job(id);
    assert_eq!(job.error.unwrap().code, ErrorCode::SummarizerInvalidAnswer);
    let asked = jobs.summarizer.calls().len();
    assert!(asked <= 1 + jobs.cx.policy.retry.max_attempts as usize, "{asked}");
}

#[tokio::test]
async fn notes_of_another_cut_are_not_taken_for_the_end() {
    let jobs = jobs();
    jobs.media.then(silent());
    let failure = SummarizerError::RateLimited { retry_after: Duration::from_mins(1) };
    jobs.summarizer.then_watch(Reply::Default).then_watch(Reply::Fail(failure));
    let id = summarize(&jobs).await.id;
    // A worker with other settings goes on.
    let mut cx = (*jobs.cx).clone();
    cx.policy.segment = Duration::from_mins(20);
    jobs.clock.advance(A_WHILE * 2);
    let payload = JobPayload::Summarize { job: id };
    let runner = Runner::new(Arc::new(cx), CancellationToken::new());
    runner.handle(payload).await;
    let job = jobs.job(id);
    assert_eq!(job.status, Status::Succeeded);
    assert_eq!(jobs.summarizer.calls(), [Watch(0), Watch(1), Watch(0), Combine(1)]);
    assert_eq!(job.result.unwrap().chapters.last().unwrap().end, Duration::from_mins(12));
}

#[tokio::test]
async fn who_cannot_watch_does_not_go_on_watching() {
    let jobs = jobs();
    jobs.media.then(silent());
    let failure = SummarizerError::RateLimited { retry_after: Duration::from_mins(1) };
    jobs.summarizer.then_watch(Reply::Default).then_watch(Reply::Fail(failure));
    let id = summarize(&jobs).await.id;
    jobs.summarizer.set_watches(false, true);
    much_later(&jobs, A_WHILE * 2).await;
    let job = jobs.job(id);
    assert_eq!(job.status, Status::Succeeded);
    assert_eq!(job.transcript.unwrap().source, TranscriptSource::Audio);
}

#[tokio::test]
async fn a_fault_of_the_summariser_does_not_end_what_only_had_to_wait() {
    let jobs = jobs();
    jobs.media.then(blocked());
    jobs.summarizer.then_watch(Reply::Fail(SummarizerError::InvalidAnswer));
    let closed = || {
        let failure = Failure::from(ErrorCode::BlockedBotCheck);
        Reply::Fail(MediaError::Blocked { failure, after: Duration::from_hours(1) })
    };
    jobs.media.then_recording(closed());
    let job = summarize(&jobs).await;
    assert_eq!((job.status, job.waiting_reason), (Status::Queued, Some(WaitingReason::Blocked)));
}

#[tokio::test]
async fn a_segment_that_is_refused_is_left_out_be_it_the_first() {
    let refused = || Reply::Fail(SummarizerError::Blocked);
    for replies in [[ends(0, 600), refused()], [refused(), Reply::Default]] {
        let jobs = jobs();
        jobs.media.then(silent());
        for reply in replies {
            jobs.summarizer.then_watch(reply);
        }
        let job = summarize(&jobs).await;
        assert_eq!(job.status, Status::Succeeded);
        assert_eq!(jobs.summarizer.calls(), [Watch(0), Watch(1), Combine(2)]);
        assert_eq!(job.degraded.as_deref(), Some("segments_blocked"));
        assert!(job.result.unwrap().coverage < 1.0);
    }
}

#[tokio::test]
async fn a_key_that_is_refused_ends_the_job() {
    let jobs = jobs();
    jobs.media.then(silent());
    let problem = "the key is not accepted";
    jobs.summarizer.then_watch(Reply::Fail(SummarizerError::Unauthorized { problem }));
    let job = summarize(&jobs).await;
    assert_eq!(job.error.unwrap().code, ErrorCode::SummarizerUnauthorized);
    assert_eq!(jobs.summarizer.calls(), [Watch(0)]);
}

#[tokio::test]
async fn it_is_not_watched_twice_for_two_who_ask() {
    let jobs = jobs();
    jobs.media.then(silent());
    let first = summarize(&jobs).await;
    let calls = jobs.summarizer.calls().len();
    let second = summarize(&jobs).await;
    assert_eq!(second.result, first.result);
    assert!(second.cache.is_some());
    assert_eq!(jobs.summarizer.calls().len(), calls);
}

#[tokio::test]
async fn that_it_has_no_captions_is_remembered_with_all_else() {
    let jobs = jobs();
    jobs.media.then(silent());
    let first = summarize(&jobs).await;
    assert_eq!(first.status, Status::Succeeded);
    let french = JobInput { language: Some("fr".to_owned()), ..samples::input() };
    let other = jobs.submit_of(Owner::default(), JobKind::Summary, french).await;
    jobs.drain().await;
    let job = jobs.job(other);
    assert_eq!(left(&job), [(Rung::Cache, ErrorCode::NoCaptions)]);
    assert_eq!(job.video.unwrap().title, first.video.unwrap().title);
    assert_eq!(jobs.media.calls().len(), 1);
}
