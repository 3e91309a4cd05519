//! Looking at a job.

use std::time::Duration;

use insta::assert_json_snapshot;
use recap_core::job::{Stage, WaitingReason};
use recap_core::{ErrorCode, JobKind, Status};
use recap_testkit::samples;
use serde_json::json;

use crate::app::{JOB, TestGateway};

fn path() -> String {
    format!("/v1/jobs/{JOB}")
}

#[tokio::test]
async fn an_ended_job_shows_everything() {
    let app = TestGateway::spawn();
    app.keep_succeeded(JobKind::Summary);
    let reply = app.get(&path()).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(reply.header("retry-after"), None);
    assert_json_snapshot!("succeeded_summary", reply.json());
}

#[tokio::test]
async fn features_add_the_transcript_and_the_picture() {
    let app = TestGateway::with(|it| {
        it.features.full_transcript = true;
        it.features.video_preview = true;
    });
    app.keep_succeeded(JobKind::Summary);
    let job = app.get(&path()).await.json();
    let transcript = job["result"]["transcript"].as_str().unwrap();
    assert!(transcript.contains("Sentence 3 is about bridges."), "{transcript}");
    assert_eq!(job["video"]["thumbnail"], "https://i.ytimg.com/vi/dQw4w9WgXcQ/hqdefault.jpg");
}

#[tokio::test]
async fn a_failed_job_says_why() {
    let app = TestGateway::spawn();
    let mut job = samples::queued(JobKind::Summary);
    job.status = Status::Failed;
    job.error = Some(ErrorCode::VideoPrivate.into());
    app.keep(job);
    let expected = json!({
        "code": "video_private",
        "title": "The video is private",
        "detail": "The video is private",
        "retryable": false,
    });
    assert_eq!(app.get(&path()).await.json()["error"], expected);
}

#[tokio::test]
async fn a_waiting_job_says_when_to_ask_again() {
    let app = TestGateway::spawn();
    let mut job = samples::queued(JobKind::Summary);
    job.retry_at = Some(app.clock.now() + Duration::from_secs(90));
    job.waiting_reason = Some(WaitingReason::Quota);
    job.last_error = Some(ErrorCode::SummarizerQuota.into());
    app.keep(job);
    let reply = app.get(&path()).await;
    assert_eq!(reply.header("retry-after"), Some("90"));
    assert_eq!(reply.json()["waiting_reason"], "quota");
    assert_eq!(reply.json()["retry_at"], "2026-01-01T00:01:30Z");
    assert_eq!(reply.json()["last_error"]["code"], "summarizer_quota");
}

#[tokio::test]
async fn the_time_left_is_estimated_from_the_time_so_far() {
    let app = TestGateway::spawn();
    let mut job = samples::queued(JobKind::Summary);
    job.status = Status::Running;
    job.started_at = Some(app.clock.now());
    app.keep(job.clone());
    app.clock.advance(Duration::from_secs(30));
    assert_eq!(app.get(&path()).await.json()["progress"]["eta_seconds"], json!(null));

    job.progress.stage = Stage::Summarizing;
    (job.progress.segments_done, job.progress.segments_total) = (1, 4);
    app.keep(job);
    app.clock.advance(Duration::from_secs(3));
    let reply = app.get(&path()).await;
    let progress = &reply.json()["progress"];
    assert_eq!((&progress["percent"], &progress["eta_seconds"]), (&json!(30), &json!(77)));
    // About a quarter of that.
    assert_eq!(reply.header("retry-after"), Some("20"));
}

#[tokio::test]
async fn a_job_that_has_not_changed_is_not_sent_again() {
    let app = TestGateway::spawn();
    let mut job = app.keep(samples::queued(JobKind::Summary));
    let etag = app.get(&path()).await.header("etag").unwrap().to_owned();
    assert_eq!(etag, "W/\"0\"");
    for known in [&etag, "\"0\"", "*", "\"x\", W/\"0\""] {
        let reply = app.send("GET", &path(), &[("if-none-match", known)], b"").await;
        assert_eq!((reply.status, reply.body.as_str()), (304, ""), "{known}");
        assert_eq!(reply.header("etag"), Some(etag.as_str()));
        assert_eq!(reply.header("retry-after"), Some("5"));
    }
    job.revision = 1;
    app.keep(job);
    app.clock.advance(Duration::from_secs(1));
    let reply = app.send("GET", &path(), &[("if-none-match", &etag)], b"").await;
    assert_eq!((reply.status, reply.header("etag")), (200, Some("W/\"1\"")));
}

#[tokio::test]
async fn a_head_request_is_a_get_without_a_body() {
    let app = TestGateway::spawn();
    app.keep(samples::queued(JobKind::Summary));
    let reply = app.send("HEAD", &path(), &[], b"").await;
    assert_eq!((reply.status, reply.body.as_str()), (200, ""));
    assert!(reply.header("etag").is_some());
}

#[tokio::test]
async fn request_ids_are_taken_over_only_if_they_are_sane() {
    let app = TestGateway::spawn();
    let long = "x".repeat(65);
    for odd in ["", "a b", "ü", "\"quoted\"", &long] {
        let raw = format!(
            "GET /health/live HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nx-request-id: {odd}\r\n\r\n"
        );
        let reply = crate::client::exchange(app.address, raw.as_bytes()).await;
        let id = reply.header("x-request-id").unwrap();
        assert!(id.starts_with("req_") && id.len() == 30, "{odd}: {id}");
    }
}
