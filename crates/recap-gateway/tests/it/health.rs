//! How the process says it is.

use std::sync::Arc;
use std::time::Duration;

use recap_core::ports::Condition;
use serde_json::json;
use tokio::task::JoinSet;

use crate::app::TestGateway;

#[tokio::test]
async fn a_healthy_server_is_live_and_ready() {
    let app = TestGateway::spawn();
    assert_eq!(app.get("/health/live").await.json(), json!({"status": "ok"}));
    let expected = json!({
        "status": "ok",
        "version": env!("CARGO_PKG_VERSION"),
        "ready": true,
        "parts": {"store": {"status": "ok"}},
    });
    assert_eq!(app.get("/health/ready").await.json(), expected);
    assert_eq!(app.get("/health").await.json(), expected);
}

#[tokio::test]
async fn a_part_that_is_stood_in_for_is_seen_but_does_not_count() {
    let app = TestGateway::spawn();
    app.probe.be(Condition::Fallback { detail: "each process counts by itself".into() });
    let reply = app.get("/health/ready").await;
    assert_eq!(reply.status, 200);
    let part = json!({"status": "fallback", "detail": "each process counts by itself"});
    assert_eq!(reply.json()["parts"]["store"], part);
}

#[tokio::test]
async fn a_part_that_is_down_is_named() {
    let app = TestGateway::spawn();
    app.probe.be(Condition::Down { detail: "MongoDB does not answer".into() });
    for path in ["/health/ready", "/health"] {
        let reply = app.get(path).await;
        assert_eq!((reply.status, &reply.json()["code"]), (503, &"unavailable".into()));
        assert_eq!(reply.header("content-type"), Some("application/problem+json"));
        assert_eq!(reply.header("retry-after"), Some("5"));
        assert_eq!(reply.json()["detail"], "Not ready: store.");
        let part = json!({"status": "down", "detail": "MongoDB does not answer"});
        assert_eq!(reply.json()["parts"], json!({"store": part}));
    }
    assert_eq!(app.get("/health/live").await.status, 200);
}

#[tokio::test]
async fn the_parts_are_asked_once_a_second() {
    let app = TestGateway::spawn();
    assert_eq!(app.get("/health").await.status, 200);
    app.probe.be(Condition::Down { detail: "MongoDB does not answer".into() });
    assert_eq!(app.get("/health/ready").await.status, 200);
    app.clock.advance(Duration::from_secs(1));
    assert_eq!(app.get("/health/ready").await.status, 503);
}

#[tokio::test]
async fn a_part_that_does_not_answer_is_down() {
    let app = TestGateway::spawn();
    app.probe.be(None);
    let reply = app.get("/health/ready").await;
    assert_eq!(reply.status, 503);
    assert_eq!(reply.json()["parts"]["store"]["status"], "down");
}

#[tokio::test]
async fn a_server_that_stops_is_not_ready() {
    let app = Arc::new(TestGateway::spawn());
    app.probe.be(None);
    let mut requests = JoinSet::new();
    let client = Arc::clone(&app);
    requests.spawn(async move { client.get("/health/ready").await });
    while !app.probe.is_being_asked() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    app.shutdown.cancel();
    app.probe.be(Condition::Ok);
    let reply = requests.join_next().await.unwrap().unwrap();
    assert_eq!((reply.status, &reply.json()["code"]), (503, &"unavailable".into()));
    assert_eq!(reply.json()["detail"], "The server is stopping.");
}

#[tokio::test]
async fn what_is_waited_for_is_among_the_breakers() {
    let app = TestGateway::spawn();
    let closed = json!({"state": "closed", "failures": 0, "retry_in_seconds": 0});
    let expected = json!({
        "connections": {}, "redis": {}, "requests": {}, "slots": {},
        "breakers": {"store": closed, "queue": closed},
    });
    assert_eq!(app.get("/health/pools").await.json(), expected);
}
