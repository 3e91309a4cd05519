//! Summaries and transcripts in their formats.

use insta::assert_snapshot;
use recap_core::{JobKind, Status};
use recap_testkit::samples;

use crate::app::{JOB, TestGateway};

#[track_caller]
fn check(reply: &crate::client::Reply, content_type: &str, file: &str) {
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.header("content-type"), Some(content_type));
    let disposition = format!("inline; filename=\"dQw4w9WgXcQ.{file}\"");
    assert_eq!(reply.header("content-disposition"), Some(disposition.as_str()));
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
}

#[tokio::test]
async fn a_summary_comes_in_three_formats() {
    let app = TestGateway::spawn();
    app.keep_succeeded(JobKind::Summary);
    let path = format!("/v1/jobs/{JOB}/summary");
    let json = app.get(&path).await;
    check(&json, "application/json", "summary.json");
    assert_snapshot!("summary_json", json.body);
    assert_eq!(app.get(&format!("{path}?format=json")).await.body, json.body);

    let md = app.get(&format!("{path}?format=md")).await;
    check(&md, "text/markdown; charset=utf-8", "summary.md");
    let txt = app.get(&format!("{path}?format=txt")).await;
    check(&txt, "text/plain; charset=utf-8", "summary.txt");
    for text in [&md.body, &txt.body] {
        assert!(text.contains("An arch turns load into pressure."), "{text}");
    }
}

#[tokio::test]
async fn a_transcript_comes_in_four_formats() {
    let app = TestGateway::spawn();
    app.keep_succeeded(JobKind::Transcript);
    let path = format!("/v1/jobs/{JOB}/transcript");
    let json = app.get(&path).await;
    check(&json, "application/json", "transcript.json");
    assert_snapshot!("transcript_json", json.body);

    for (format, content_type) in [
        ("txt", "text/plain; charset=utf-8"),
        ("srt", "application/x-subrip; charset=utf-8"),
        ("vtt", "text/vtt; charset=utf-8"),
    ] {
        let reply = app.get(&format!("{path}?format={format}")).await;
        check(&reply, content_type, &format!("transcript.{format}"));
        assert!(reply.body.contains("Sentence 3 is about bridges."), "{}", reply.body);
    }
}

#[tokio::test]
async fn what_is_not_there_yet_is_worth_asking_for_again() {
    let app = TestGateway::spawn();
    app.keep(samples::queued(JobKind::Summary));
    for product in ["summary", "transcript"] {
        let reply = app.get(&format!("/v1/jobs/{JOB}/{product}")).await;
        assert_eq!((reply.status, &reply.json()["code"]), (409, &"result_not_ready".into()));
        assert_eq!(reply.json()["retryable"], true);
        assert_eq!(reply.header("retry-after"), Some("5"));
    }
}

#[tokio::test]
async fn what_will_never_be_there_is_not() {
    let app = TestGateway::spawn();
    let mut job = samples::queued(JobKind::Summary);
    job.status = Status::Failed;
    app.keep(job);
    for product in ["summary", "transcript"] {
        let reply = app.get(&format!("/v1/jobs/{JOB}/{product}")).await;
        assert_eq!((reply.status, &reply.json()["code"]), (409, &"result_not_ready".into()));
        assert_eq!(reply.json()["retryable"], false);
        assert_eq!(reply.header("retry-after"), None);
    }
}

#[tokio::test]
async fn a_transcript_job_has_no_summary() {
    let app = TestGateway::spawn();
    app.keep_succeeded(JobKind::Transcript);
    let reply = app.get(&format!("/v1/jobs/{JOB}/summary")).await;
    assert_eq!((reply.status, &reply.json()["retryable"]), (409, &false.into()));
}
