//! Requests that are sent twice and done once.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use recap_core::key::digest;
use recap_core::ports::{Replies as _, ReplyClaim, ReplyState};
use recap_core::{JobId, Status};
use recap_testkit::samples;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::app::{JOB, TestGateway, id_of};
use crate::client::Reply;

const URL: &str = "https://youtu.be/dQw4w9WgXcQ";

async fn send(app: &TestGateway, path: &str, key: &str, body: &str) -> Reply {
    let headers = [("content-type", "application/json"), ("idempotency-key", key)];
    app.send("POST", path, &headers, body.as_bytes()).await
}

async fn submit(app: &TestGateway, key: &str) -> Reply {
    send(app, "/v1/summaries", key, &json!({"url": URL}).to_string()).await
}

/// What a gateway that died over the request has left.
async fn claim(app: &TestGateway, key: &str, body: &Value, locked: Duration) -> JobId {
    let claim = ReplyClaim {
        key: digest(&format!("/v1/summaries\n{key}\nlocal")),
        fingerprint: digest(&body.to_string()),
        job: JobId::generate(),
        now: app.clock.now(),
        locked_until: app.clock.now() + locked,
        expires_at: app.clock.now() + Duration::from_hours(24),
    };
    let claimed = app.store.claim_reply(&claim).await.unwrap();
    assert_eq!(claimed, ReplyState::Ours { job: claim.job });
    claim.job
}

#[tokio::test]
async fn the_same_request_has_the_same_answer() {
    let app = TestGateway::spawn();
    for (path, body) in [
        ("/v1/summaries", json!({"url": URL, "style": "brief"})),
        ("/v1/transcripts", json!({"url": URL})),
        ("/v1/batches", json!({"urls": [URL, "x"]})),
    ] {
        let first = send(&app, path, "abc", &body.to_string()).await;
        assert_eq!((first.status, first.header("idempotency-replayed")), (202, None));
        app.clock.advance(Duration::from_mins(5));
        // In other words.
        let spaced = body.to_string().replace(',', " ,\n");
        let again = send(&app, path, "\"abc\"", &spaced).await;
        assert_eq!((again.status, &again.body), (202, &first.body));
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
        assert_eq!(again.header("location"), first.header("location"));
        assert_eq!(again.header("retry-after"), Some("1"));
        assert_eq!(again.header("content-type"), Some("application/json"));
    }
    assert_eq!(app.queue.pushes().len(), 3);
}

#[tokio::test]
async fn the_order_of_fields_is_no_difference() {
    let app = TestGateway::spawn();
    let first = format!(r#"{{"url":"{URL}","metadata":{{"a":"1","b":"2"}}}}"#);
    let again = format!(r#"{{"metadata":{{"b":"2","a":"1"}},"url":"{URL}"}}"#);
    let first = send(&app, "/v1/summaries", "abc", &first).await;
    assert_eq!(send(&app, "/v1/summaries", "abc", &again).await.body, first.body);
}

#[tokio::test]
async fn another_key_body_path_or_owner_is_another_request() {
    let app = TestGateway::spawn();
    let first = id_of(&submit(&app, "abc").await.json());
    assert_ne!(id_of(&submit(&app, "abd").await.json()), first);
    let body = json!({"url": URL}).to_string();
    let other = send(&app, "/v1/transcripts", "abc", &body).await;
    assert_ne!(id_of(&other.json()), first);
    let reply =
        send(&app, "/v1/summaries", "abc", &json!({"url": "9bZkp7q19f0"}).to_string()).await;
    assert_eq!((reply.status, &reply.json()["code"]), (422, &"idempotency_mismatch".into()));

    let [ada, bob] = [crate::keyed::key(&app).await, crate::keyed::key(&app).await];
    let mut ids = vec![first];
    for caller in [&ada, &bob] {
        let headers =
            [("content-type", "application/json"), ("idempotency-key", "abc"), caller.proof()];
        let reply = app.send("POST", "/v1/summaries", &headers, body.as_bytes()).await;
        assert_eq!(reply.header("idempotency-replayed"), None);
        ids.push(id_of(&reply.json()));
    }
    assert_eq!(ids.into_iter().collect::<HashSet<_>>().len(), 3);
}

#[tokio::test]
async fn a_key_is_forgotten_after_a_day() {
    let app = TestGateway::spawn();
    let first = id_of(&submit(&app, "abc").await.json());
    app.clock.advance(Duration::from_hours(24) - Duration::from_secs(1));
    assert_eq!(id_of(&submit(&app, "abc").await.json()), first);
    app.clock.advance(Duration::from_secs(1));
    assert_ne!(id_of(&submit(&app, "abc").await.json()), first);
}

#[tokio::test]
async fn what_was_refused_is_not_kept() {
    let app = TestGateway::with(|it| it.limits.open_jobs = 1);
    let body = json!({"url": "https://example.com/"}).to_string();
    assert_eq!(send(&app, "/v1/summaries", "abc", &body).await.status, 422);
    let first = submit(&app, "abc").await;
    assert_eq!(first.status, 202);
    let full = submit(&app, "abd").await;
    assert_eq!((full.status, &full.json()["code"]), (503, &"queue_full".into()));

    let cancel = format!("/v1/jobs/{}/cancel", id_of(&first.json()));
    app.send("POST", &cancel, &[], b"").await;
    app.clock.advance(Duration::from_secs(10));
    assert_eq!(submit(&app, "abd").await.status, 202);
}

#[tokio::test]
async fn a_request_in_flight_is_not_begun_twice() {
    let app = TestGateway::spawn();
    let body = json!({"url": URL});
    claim(&app, "abc", &body, Duration::from_mins(1)).await;
    let reply = submit(&app, "abc").await;
    assert_eq!((reply.status, &reply.json()["code"]), (409, &"idempotency_in_flight".into()));
    assert_eq!(reply.header("retry-after"), Some("2"));
    assert!(app.queue.pushes().is_empty());
}

#[tokio::test]
async fn who_takes_over_makes_the_same_job() {
    let app = TestGateway::spawn();
    let body = json!({"url": URL});
    // It died before it made the job.
    let job = claim(&app, "abc", &body, Duration::from_secs(5)).await;
    app.clock.advance(Duration::from_secs(5));
    let reply = submit(&app, "abc").await;
    assert_eq!((reply.status, id_of(&reply.json())), (202, job));
    assert_eq!(submit(&app, "abc").await.header("idempotency-replayed"), Some("true"));

    // It died after that, and a worker has begun.
    let job = claim(&app, "abd", &body, Duration::from_secs(5)).await;
    let mut begun = samples::queued(recap_core::JobKind::Summary);
    (begun.id, begun.status) = (job, Status::Running);
    app.store.put(begun);
    app.clock.advance(Duration::from_secs(5));
    let reply = submit(&app, "abd").await;
    assert_eq!((reply.status, id_of(&reply.json())), (202, job));
    assert_eq!(reply.json()["status"], "running");
    assert_eq!(app.queue.pushes().len(), 1, "nothing was begun anew");
}

#[tokio::test]
async fn who_takes_over_and_fails_leaves_the_job_to_the_next() {
    let app = TestGateway::with(|it| it.limits.open_jobs = 1);
    let open = id_of(&submit(&app, "other").await.json());
    let job = claim(&app, "abc", &json!({"url": URL}), Duration::from_secs(5)).await;
    app.clock.advance(Duration::from_secs(5));
    assert_eq!(submit(&app, "abc").await.status, 503);
    assert_eq!(submit(&app, "abc").await.status, 409);

    // Whoever died may have made the job after all: nobody makes another one.
    app.send("POST", &format!("/v1/jobs/{open}/cancel"), &[], b"").await;
    app.clock.advance(Duration::from_mins(2));
    let reply = submit(&app, "abc").await;
    assert_eq!((reply.status, id_of(&reply.json())), (202, job));
}

#[tokio::test]
async fn a_key_has_a_form() {
    let app = TestGateway::spawn();
    let long = "x".repeat(256);
    for key in ["", "a b", "\"abc", long.as_str()] {
        let reply = submit(&app, key).await;
        assert_eq!((reply.status, &reply.json()["code"]), (422, &"validation_failed".into()));
        assert_eq!(reply.json()["errors"][0]["pointer"], "Idempotency-Key");
    }
}

#[tokio::test]
async fn a_retry_is_done_once() {
    let app = TestGateway::spawn();
    let mut job = samples::queued(recap_core::JobKind::Summary);
    job.status = Status::Failed;
    app.keep(job);
    let retry = async || {
        let headers = [("idempotency-key", "abc")];
        app.send("POST", &format!("/v1/jobs/{JOB}/retry"), &headers, b"").await
    };
    let first = retry().await;
    assert_eq!(first.status, 202);
    let again = retry().await;
    assert_eq!((again.header("idempotency-replayed"), &again.body), (Some("true"), &first.body));
    assert_eq!(app.queue.pushes().len(), 1);
}

#[tokio::test]
async fn who_hangs_up_while_waiting_finds_the_job() {
    let app = Arc::new(TestGateway::spawn());
    let began = Instant::now();
    let client = Arc::clone(&app);
    let mut requests = JoinSet::new();
    requests.spawn(async move {
        let headers = [
            ("content-type", "application/json"),
            ("idempotency-key", "abc"),
            ("prefer", "wait=60"),
        ];
        let body = json!({"url": URL}).to_string();
        client.send("POST", "/v1/summaries", &headers, body.as_bytes()).await
    });
    while app.queue.pushes().is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    requests.shutdown().await;
    let mut reply = submit(&app, "abc").await;
    // The answer is kept a moment after the job is pushed.
    while reply.status == 409 {
        reply = submit(&app, "abc").await;
    }
    assert_eq!((reply.status, reply.header("idempotency-replayed")), (202, Some("true")));
    assert!(began.elapsed() < Duration::from_secs(10));
}
