//! What is counted about requests and jobs.

use std::sync::atomic::Ordering;
use std::time::Duration;

use recap_core::JobKind;
use recap_testkit::samples;
use serde_json::json;

use crate::app::{JOB, TestGateway};

const PREFLIGHT: [(&str, &str); 2] =
    [("origin", "https://app.example"), ("access-control-request-method", "POST")];

#[tokio::test]
async fn requests_are_counted_by_route_and_not_by_path() {
    let app = TestGateway::with(|it| it.server.cors_origins = vec!["*".to_owned()]);
    app.keep(samples::queued(JobKind::Summary));
    app.get(&format!("/v1/jobs/{JOB}")).await;
    app.get("/v1/jobs/nonsense").await;
    app.get("/no/such/place").await;
    app.send("BREW", "/v1/jobs", &[], b"").await;
    app.send("POST", &format!("/v1/jobs/{JOB}/cancel"), &[], b"").await;
    app.send("OPTIONS", &format!("/v1/jobs/{JOB}/retry"), &PREFLIGHT, b"").await;
    app.post("/v1/summaries", &json!({"url": "dQw4w9WgXcQ"})).await;

    let reply = app.get("/metrics").await;
    assert_eq!(reply.status, 200);
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    assert_eq!(reply.header("content-type"), Some(kind));
    assert_eq!(app.collected.load(Ordering::SeqCst), 1);
    for series in [
        r#"recap_http_requests_total{method="GET",route="/v1/jobs/{id}",status="200"}"#,
        r#"recap_http_requests_total{method="GET",route="/v1/jobs/{id}",status="404"}"#,
        r#"recap_http_requests_total{method="GET",route="unmatched",status="404"}"#,
        r#"recap_http_requests_total{method="other",route="/v1/jobs",status="405"}"#,
        r#"recap_http_requests_total{method="POST",route="/v1/summaries",status="202"}"#,
        r#"recap_http_requests_total{method="OPTIONS",route="/v1/jobs/{id}/retry",status="204"}"#,
        r#"recap_http_seconds_count{route="/v1/summaries"}"#,
        r#"recap_jobs_submitted_total{kind="summary"}"#,
        r#"recap_jobs_ended_total{code="canceled",kind="summary",status="canceled"}"#,
        "recap_open_jobs ",
    ] {
        assert!(reply.body.contains(series), "{series} is not in\n{}", reply.body);
    }
    for secret in [JOB, "nonsense", "/no/such/place", "BREW"] {
        assert!(!reply.body.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn numbers_of_others_are_asked_for_once_a_second() {
    let app = TestGateway::spawn();
    let collected = async || {
        assert_eq!(app.get("/metrics").await.status, 200);
        app.collected.load(Ordering::SeqCst)
    };
    assert_eq!((collected().await, collected().await), (1, 1));
    app.clock.advance(Duration::from_secs(1));
    assert_eq!((collected().await, collected().await), (2, 2));
}
