//! Messages, and what became of them.

use std::time::Duration;

use recap_core::job::Owner;
use recap_core::jobs::JobPayload;
use recap_core::ports::Webhooks as _;
use recap_core::webhook::{
    Attempt, AttemptError, Delivery, DeliveryStatus, Endpoint, EventType, Target,
};
use recap_testkit::samples;
use serde_json::{Value, json};

use crate::app::TestGateway;

const ALL: &str = "/v1/webhook-deliveries";

async fn endpoint(app: &TestGateway) -> Endpoint {
    let endpoint = samples::endpoint(Owner::default());
    app.store.insert_endpoint(&endpoint, 9).await.unwrap();
    endpoint
}

async fn put(app: &TestGateway, delivery: Delivery) -> Delivery {
    assert!(app.store.insert_delivery(&delivery).await.unwrap());
    delivery
}

/// Failed twice.
fn failed(endpoint: &Endpoint) -> Delivery {
    let mut delivery = samples::delivery(endpoint);
    (delivery.status, delivery.failed) = (DeliveryStatus::Failed, 2);
    delivery.next_attempt_at = None;
    for (status, error) in [(None, AttemptError::Timeout), (Some(500), AttemptError::Status)] {
        delivery.note(Attempt {
            at: samples::created_at(),
            status,
            latency: Duration::from_millis(1500),
            error: Some(error),
            body: "oops".to_owned(),
        });
    }
    delivery
}

fn ids(list: &Value) -> Vec<String> {
    let data = list["data"].as_array().unwrap();
    data.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_delivery_says_what_came_of_each_attempt() {
    let app = TestGateway::spawn();
    let delivery = put(&app, failed(&endpoint(&app).await)).await;
    let shown = app.get(&format!("{ALL}/{}", delivery.id)).await.json();
    assert_eq!((&shown["event"], &shown["status"]), (&json!("job.completed"), &json!("failed")));
    assert_eq!((&shown["failed_attempts"], &shown["next_attempt_at"]), (&json!(2), &json!(null)));
    assert_eq!(shown["payload"], json!(delivery.payload));
    let at = json!(samples::created_at());
    let attempt = |status: Value, error: &str| json!({"at": at, "status": status, "latency_ms": 1500, "error": error, "body": "oops"});
    let attempts = json!([attempt(json!(null), "timeout"), attempt(json!(500), "status")]);
    assert_eq!(shown["attempts"], attempts);

    // Lists leave out what is large.
    let item = &app.get(ALL).await.json()["data"][0];
    assert_eq!((item.get("payload"), item.get("attempts")), (None, None));
    assert_eq!((&item["id"], &item["status"]), (&shown["id"], &shown["status"]));
}

#[tokio::test]
async fn the_address_of_a_job_is_named() {
    let app = TestGateway::spawn();
    let url = "https://example.com/hook".to_owned();
    let target = Target::Url { url: url.clone(), key: None };
    let mut delivery = samples::delivery(&samples::endpoint(Owner::default()));
    delivery.target = target;
    let delivery = put(&app, delivery).await;
    let shown = app.get(&format!("{ALL}/{}", delivery.id)).await.json();
    assert_eq!((&shown["url"], &shown["endpoint"]), (&json!(url), &json!(null)));
}

#[tokio::test]
async fn a_list_is_filtered() {
    let app = TestGateway::spawn();
    let (ours, theirs) = (endpoint(&app).await, endpoint(&app).await);
    let one = put(&app, failed(&ours)).await;
    let mut other = samples::delivery(&theirs);
    other.event = EventType::JobFailed;
    other.created_at = samples::created_at() + Duration::from_hours(1);
    let other = put(&app, other).await;
    for (query, expected) in [
        (String::new(), vec![&other, &one]),
        (format!("?endpoint={}", ours.id), vec![&one]),
        (format!("?job_id={}", other.job.unwrap()), vec![&other]),
        ("?status=failed".to_owned(), vec![&one]),
        ("?event=job.failed".to_owned(), vec![&other]),
        ("?created_after=2026-01-01T00:30:00Z".to_owned(), vec![&other]),
        ("?status=dropped".to_owned(), vec![]),
    ] {
        let expected: Vec<String> = expected.iter().map(|it| it.id.to_string()).collect();
        assert_eq!(ids(&app.get(&format!("{ALL}{query}")).await.json()), expected, "{query}");
    }
    for query in ["endpoint=x", "status=lost", "event=job.lost", "limit=101", "cursor=x", "job=x"] {
        assert_eq!(app.get(&format!("{ALL}?{query}")).await.status, 422, "{query}");
    }
}

#[tokio::test]
async fn pages_lead_to_each_other() {
    let app = TestGateway::spawn();
    let endpoint = endpoint(&app).await;
    let mut expected = Vec::new();
    for minute in 0..5 {
        let created_at = samples::created_at() + Duration::from_mins(minute);
        let delivery = put(&app, Delivery { created_at, ..samples::delivery(&endpoint) }).await;
        expected.insert(0, delivery.id.to_string());
    }
    let (mut found, mut query) = (Vec::new(), "?limit=2".to_owned());
    loop {
        let page = app.get(&format!("{ALL}{query}")).await.json();
        found.extend(ids(&page));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        query = format!("?limit=2&cursor={cursor}");
    }
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_replay_begins_anew() {
    let app = TestGateway::spawn();
    let delivery = put(&app, failed(&endpoint(&app).await)).await;
    app.clock.advance(Duration::from_hours(5));
    let path = format!("{ALL}/{}/replay", delivery.id);
    let reply = app.send("POST", &path, &[], b"").await;
    assert_eq!((reply.status, &reply.json()["status"]), (202, &json!("pending")));
    assert_eq!(reply.json()["next_attempt_at"], json!(app.clock.now()));
    assert_eq!(
        (&reply.json()["failed_attempts"], reply.json()["attempts"].as_array().map(Vec::len)),
        (&json!(0), Some(2))
    );
    let payload = JobPayload::Deliver { delivery: delivery.id };
    assert_eq!(app.queue.pushes()[0].entry.payload, payload);
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let app = TestGateway::spawn();
    for id in ["msg_01JGFJJZ00000000000000000A", "x"] {
        for (method, path) in
            [("GET", format!("{ALL}/{id}")), ("POST", format!("{ALL}/{id}/replay"))]
        {
            let reply = app.send(method, &path, &[], b"").await;
            assert_eq!((reply.status, &reply.json()["code"]), (404, &"delivery_not_found".into()));
        }
    }
}
