//! What is left when something behind the API is not.

use std::sync::Arc;
use std::time::{Duration, Instant};

use recap_core::JobKind;
use recap_testkit::fakes::TestClock;
use recap_testkit::samples;
use serde_json::json;

use crate::app::{JOB, TestGateway, id_of};

#[tokio::test]
async fn a_job_is_accepted_while_the_queue_is_down() {
    let app = TestGateway::spawn();
    app.queue.fail(true);
    let reply = app.post("/v1/summaries", &json!({"url": "dQw4w9WgXcQ"})).await;
    assert_eq!(reply.status, 202);
    assert!(app.store.job(id_of(&reply.json())).is_some());
    assert!(app.queue.pushes().is_empty());
}

#[tokio::test]
async fn a_queue_that_failed_is_left_alone_for_a_moment() {
    let app = TestGateway::spawn();
    let submit = async || app.post("/v1/summaries", &json!({"url": "dQw4w9WgXcQ"})).await.status;
    app.queue.fail(true);
    assert_eq!(submit().await, 202);
    app.queue.fail(false);
    assert_eq!(submit().await, 202);
    assert!(app.queue.pushes().is_empty());
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert_eq!(submit().await, 202);
    assert_eq!(submit().await, 202);
    assert_eq!(app.queue.pushes().len(), 2);
}

#[tokio::test]
async fn a_submit_does_not_wait_long_for_a_store_that_hangs() {
    let app = TestGateway::with(|it| it.server.request_timeout_seconds = 2);
    // What is counted now is known for a while, which says nothing of the store.
    assert_eq!(app.post("/v1/summaries", &json!({"url": "dQw4w9WgXcQ"})).await.status, 202);
    app.store.hang(true);
    let began = Instant::now();
    for _ in 0..3 {
        let reply = app.post("/v1/summaries", &json!({"url": "dQw4w9WgXcQ"})).await;
        assert_eq!((reply.status, &reply.json()["code"]), (503, &"unavailable".into()));
        assert_eq!(reply.header("retry-after"), Some("5"));
    }
    // One of them waited, half of the request's time.
    assert!(began.elapsed() < Duration::from_millis(1900), "{:?}", began.elapsed());
    app.store.hang(false);
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(app.post("/v1/summaries", &json!({"url": "dQw4w9WgXcQ"})).await.status, 202);
}

#[tokio::test]
async fn everything_says_so_when_the_store_is_down() {
    let app = TestGateway::spawn();
    app.store.fail(true);
    let submit = app.post("/v1/summaries", &json!({"url": "dQw4w9WgXcQ"})).await;
    let mut replies = vec![submit];
    for path in ["/v1/jobs", "/v1/jobs/ID", "/v1/jobs/ID/summary", "/v1/jobs/ID/transcript"] {
        replies.push(app.get(&path.replace("ID", JOB)).await);
    }
    replies.push(app.send("POST", &format!("/v1/jobs/{JOB}/cancel"), &[], b"").await);
    for reply in replies {
        assert_eq!(reply.status, 503, "{reply:?}");
        assert_eq!(reply.json()["code"], "unavailable");
        assert_eq!(reply.json()["retryable"], true);
        assert_eq!(reply.header("retry-after"), Some("5"));
        assert!(!reply.body.contains("told to fail"), "{reply:?}");
    }
    assert!(app.queue.pushes().is_empty());
    assert_eq!(app.get("/health/live").await.status, 200);
}

#[tokio::test]
async fn a_store_that_hangs_is_given_up() {
    let app = TestGateway::with(|it| it.server.request_timeout_seconds = 1);
    app.keep(samples::queued(JobKind::Summary));
    app.store.hang(true);
    let reply = app.get(&format!("/v1/jobs/{JOB}")).await;
    assert_eq!(reply.status, 503);
    assert_eq!(reply.json()["detail"], "The store does not answer; try again in a moment.");
}

#[tokio::test]
async fn a_panic_is_a_problem_and_the_server_goes_on() {
    let clock = TestClock::new();
    let broken = Arc::new(|| panic!("the secret of the clock"));
    let app = TestGateway::with_clock(|_| {}, clock, broken);
    let reply = app.post("/v1/summaries", &json!({"url": "dQw4w9WgXcQ"})).await;
    assert_eq!(reply.status, 500);
    assert_eq!(reply.header("content-type"), Some("application/problem+json"));
    assert_eq!(reply.header("x-request-id"), Some("test-1"));
    assert_eq!(reply.json()["code"], "internal");
    assert!(!reply.body.contains("secret"));
    assert_eq!(app.get("/health/live").await.status, 200);
}
