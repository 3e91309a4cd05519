//! Asking for work.

use insta::assert_json_snapshot;
use recap_core::JobKind;
use recap_core::job::Priority;
use recap_core::jobs::JobPayload;
use recap_core::summary::Style;
use recap_testkit::samples;
use serde_json::{Value, json};

use crate::app::{TestGateway, id_of};

const URL: &str = "https://youtu.be/dQw4w9WgXcQ?si=abc";

#[tokio::test]
async fn a_summary_is_kept_queued_and_readable() {
    let app = TestGateway::spawn();
    let body = json!({"url": URL, "language": "pt-BR", "style": "brief", "priority": "bulk"});
    let reply = app.post("/v1/summaries", &body).await;
    assert_eq!(reply.status, 202);
    let job = reply.json();
    let id = id_of(&job);
    let anonymous: Value = reply.body.replace(&id.to_string(), "[id]").parse().unwrap();
    assert_json_snapshot!("submitted_summary", anonymous);
    assert_eq!(reply.header("location"), Some(format!("/v1/jobs/{id}").as_str()));
    assert_eq!(reply.header("retry-after"), Some("5"));
    assert_eq!(reply.header("x-request-id"), Some("test-1"));
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));

    assert_eq!(app.get(&format!("/v1/jobs/{id}")).await.json(), job);
    let kept = app.store.job(id).unwrap();
    assert_eq!(kept.input.style, Style::Brief);
    assert_eq!(kept.input.language.as_deref(), Some("pt-BR"));
    let [pushed] = app.queue.pushes()[..] else { panic!("one entry") };
    assert_eq!(pushed.payload, JobPayload::Summarize { job: id });
    assert_eq!(pushed.priority, Priority::Bulk);
}

#[tokio::test]
async fn only_the_url_is_needed() {
    let app = TestGateway::spawn();
    let job = app.post("/v1/summaries", &json!({"url": "dQw4w9WgXcQ"})).await.json();
    let kept = app.store.job(id_of(&job)).unwrap();
    assert_eq!(kept.input, samples::input());
    assert_eq!(job["input"]["language"], "auto");
}

#[tokio::test]
async fn a_transcript_is_kept_and_queued() {
    let app = TestGateway::spawn();
    let reply = app.post("/v1/transcripts", &json!({"url": URL})).await;
    assert_eq!(reply.status, 202);
    let job = reply.json();
    let id = id_of(&job);
    assert_eq!(app.store.job(id).unwrap().kind, JobKind::Transcript);
    assert_eq!(app.queue.pushes()[0].payload, JobPayload::Transcribe { job: id });
    assert_eq!(job["urls"]["summary"], json!(null));
}

#[tokio::test]
async fn a_content_type_may_have_parameters() {
    let app = TestGateway::spawn();
    let headers = [("content-type", "Application/JSON; charset=utf-8")];
    let reply = app.send("POST", "/v1/summaries", &headers, br#"{"url":"dQw4w9WgXcQ"}"#).await;
    assert_eq!(reply.status, 202);
}

#[tokio::test]
async fn a_full_queue_refuses_and_a_free_place_accepts() {
    let app = TestGateway::with(|it| it.limits.open_jobs = 2);
    let submit = async || app.post("/v1/summaries", &json!({"url": URL})).await;
    let first = id_of(&submit().await.json());
    assert_eq!(submit().await.status, 202);
    // Refused although the count is a moment old: our own submits are added to it.
    let refused = submit().await;
    assert_eq!(refused.status, 503);
    assert_eq!(refused.json()["code"], "queue_full");
    assert_eq!(refused.header("retry-after"), Some("30"));

    assert_eq!(app.send("POST", &format!("/v1/jobs/{first}/cancel"), &[], b"").await.status, 200);
    app.clock.advance(std::time::Duration::from_secs(1));
    assert_eq!(submit().await.status, 202);
}
