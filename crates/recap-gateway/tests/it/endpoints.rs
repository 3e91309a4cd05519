//! Registered addresses.

use std::time::Duration;

use recap_core::job::Owner;
use recap_core::jobs::JobPayload;
use recap_core::ports::Webhooks as _;
use recap_core::webhook::{Delivery, DeliveryStatus, Disabled, Endpoint, EventType};
use recap_testkit::samples;
use serde_json::{Value, json};

use crate::app::TestGateway;
use crate::client::Reply;

const ALL: &str = "/v1/webhook-endpoints";
const URL: &str = "https://example.com/hook";

async fn create(app: &TestGateway, body: Value) -> Reply {
    app.post(ALL, &body).await
}

async fn change(app: &TestGateway, id: &str, body: &Value) -> Reply {
    let headers = [("content-type", "application/json")];
    app.send("PATCH", &format!("{ALL}/{id}"), &headers, body.to_string().as_bytes()).await
}

async fn act(app: &TestGateway, id: &str, action: &str) -> Reply {
    app.send("POST", &format!("{ALL}/{id}/{action}"), &[], b"").await
}

async fn kept(app: &TestGateway, id: &str) -> Endpoint {
    let found = app.store.find_endpoint(&Owner::default(), id.parse().unwrap()).await.unwrap();
    found.unwrap()
}

/// One that is there, by its id.
async fn some(app: &TestGateway) -> String {
    create(app, json!({"url": URL})).await.json()["id"].as_str().unwrap().to_owned()
}

#[track_caller]
fn check(reply: &Reply, status: u16, code: &str) {
    assert_eq!((reply.status, &reply.json()["code"]), (status, &code.into()), "{reply:?}");
}

#[tokio::test]
async fn the_secret_is_shown_once() {
    let app = TestGateway::spawn();
    let wish = json!({"url": URL, "description": "ours", "events": ["job.failed", "job.failed"]});
    let reply = create(&app, wish).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    let mut body = reply.json();
    let id = body["id"].as_str().unwrap().to_owned();
    assert_eq!(reply.header("location"), Some(format!("{ALL}/{id}").as_str()));
    let secret = body.as_object_mut().unwrap().remove("secret").unwrap();
    assert!(secret.as_str().unwrap().starts_with("whsec_"));
    let expected = json!({
        "id": id,
        "object": "webhook_endpoint",
        "url": URL,
        "description": "ours",
        "events": ["job.failed"],
        "disabled": false,
        "disabled_reason": null,
        "failing_since": null,
        "old_secret_until": null,
        "created_at": app.clock.now(),
        "revision": 0,
    });
    assert_eq!(body, expected);
    assert_eq!(json!(kept(&app, &id).await.secret), secret);
    assert_eq!(app.get(&format!("{ALL}/{id}")).await.json(), expected);
    assert_eq!(app.get(ALL).await.json(), json!({"data": [expected]}));
    let other = create(&app, json!({"url": URL})).await.json();
    assert_ne!(other["secret"], secret);
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let app = TestGateway::with(|it| it.webhooks.max_endpoints = 1);
    let long = "x".repeat(201);
    for (body, pointer) in [
        (json!({}), "/url"),
        (json!({"url": "x".repeat(2049)}), "/url"),
        (json!({"url": URL, "description": long}), "/description"),
        (json!({"url": URL, "events": ["job.began"]}), "/events/0"),
        (json!({"url": URL, "secret": "mine"}), "/secret"),
    ] {
        let reply = create(&app, body).await;
        check(&reply, 422, "validation_failed");
        assert_eq!(reply.json()["errors"][0]["pointer"], pointer);
    }
    let reply = create(&app, json!({"url": "https://127.0.0.1/"})).await;
    check(&reply, 422, "webhook_url_refused");
    let detail = "the address is private or reserved; use a public one, or have the operator list \
                  it in `webhooks.allow_cidrs`";
    let error = json!({"pointer": "/url", "detail": detail});
    assert_eq!(reply.json()["errors"], json!([error]));
    let id = some(&app).await;
    check(&create(&app, json!({"url": URL})).await, 409, "too_many_endpoints");
    let reply = change(&app, &id, &json!({"url": "https://127.0.0.1/"})).await;
    check(&reply, 422, "webhook_url_refused");
    check(&change(&app, &id, &json!({"url": 7})).await, 422, "validation_failed");
}

#[tokio::test]
async fn only_what_is_named_changes() {
    let app = TestGateway::spawn();
    let wish = json!({"url": URL, "description": "ours", "events": ["job.failed"]});
    let id = create(&app, wish).await.json()["id"].as_str().unwrap().to_owned();
    let before = kept(&app, &id).await;
    let reply = change(&app, &id, &json!({})).await;
    assert_eq!((reply.status, &reply.json()["revision"]), (200, &json!(1)));
    assert_eq!(kept(&app, &id).await, Endpoint { revision: 1, ..before });

    let other = "https://example.org/";
    let reply = change(&app, &id, &json!({"url": other, "events": []})).await.json();
    assert_eq!((&reply["url"], &reply["events"]), (&json!(other), &json!([])));
    assert_eq!((&reply["description"], reply.get("secret")), (&json!("ours"), None));
    assert_eq!(
        change(&app, &id, &json!({"description": null})).await.json()["description"],
        json!(null)
    );
}

#[tokio::test]
async fn an_endpoint_is_switched_off_and_on() {
    let app = TestGateway::spawn();
    let id = some(&app).await;
    let off = change(&app, &id, &json!({"disabled": true})).await.json();
    assert_eq!((&off["disabled"], &off["disabled_reason"]), (&json!(true), &json!("asked")));

    let mut failing = kept(&app, &id).await;
    failing.disabled = Some(Disabled::Failing);
    failing.failing_since = Some(app.clock.now());
    assert!(app.store.set_endpoint(&failing).await.unwrap());
    let still = change(&app, &id, &json!({"disabled": true})).await.json();
    assert_eq!(still["disabled_reason"], "failing");
    let on = change(&app, &id, &json!({"disabled": false})).await.json();
    assert_eq!((&on["disabled"], &on["failing_since"]), (&json!(false), &json!(null)));
}

#[tokio::test]
async fn an_old_secret_is_good_for_a_while() {
    let app = TestGateway::with(|it| it.webhooks.rotation_hours = 2);
    let id = some(&app).await;
    let old = kept(&app, &id).await.secret;
    let reply = act(&app, &id, "rotate-secret").await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let until = app.clock.now() + Duration::from_hours(2);
    assert_eq!(reply.json()["old_secret_until"], json!(until));
    let endpoint = kept(&app, &id).await;
    assert_eq!(json!(endpoint.secret), reply.json()["secret"]);
    assert_ne!(endpoint.secret, old);
    assert_eq!(endpoint.secrets(app.clock.now()), [endpoint.secret.clone(), old]);
    app.clock.set(until);
    let shown = app.get(&format!("{ALL}/{id}")).await.json();
    assert_eq!((&shown["old_secret_until"], shown.get("secret")), (&json!(null), None));
    assert_eq!(endpoint.secrets(until), [endpoint.secret]);
}

#[tokio::test]
async fn a_test_message_is_on_its_way() {
    let app = TestGateway::spawn();
    let id = some(&app).await;
    let reply = act(&app, &id, "test").await;
    assert_eq!(reply.status, 202, "{reply:?}");
    let body = reply.json();
    assert_eq!((&body["event"], &body["status"]), (&json!("webhook.test"), &json!("pending")));
    assert_eq!((&body["endpoint"], &body["job_id"]), (&json!(id), &json!(null)));
    let payload: Value = body["payload"].as_str().unwrap().parse().unwrap();
    assert_eq!(payload["data"]["endpoint"], json!(id));
    let delivery = body["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(app.queue.pushes()[0].entry.payload, JobPayload::Deliver { delivery });
}

#[tokio::test]
async fn what_was_missed_is_sent_again() {
    let app = TestGateway::spawn();
    let id = some(&app).await;
    let endpoint = kept(&app, &id).await;
    let began = samples::created_at();
    let put = async |hours: u64, status: DeliveryStatus| {
        let created_at = began + Duration::from_hours(hours);
        let sample = samples::delivery(&endpoint);
        let next_attempt_at = None;
        let delivery = Delivery { status, created_at, next_attempt_at, failed: 8, ..sample };
        app.store.insert_delivery(&delivery).await.unwrap();
        delivery.id
    };
    put(0, DeliveryStatus::Failed).await;
    put(2, DeliveryStatus::Delivered).await;
    for _ in 0..120 {
        put(2, DeliveryStatus::Failed).await;
    }
    let since = json!({"since": began + Duration::from_hours(1)});
    let reply = app.post(&format!("{ALL}/{id}/recover"), &since).await;
    assert_eq!((reply.status, reply.json()), (200, json!({"recovered": 120})));
    assert_eq!(app.queue.pushes().len(), 120);
    assert_eq!(app.post(&format!("{ALL}/{id}/recover"), &since).await.json()["recovered"], 0);
    let wrong = app.post(&format!("{ALL}/{id}/recover"), &json!({"since": "yesterday"})).await;
    check(&wrong, 422, "validation_failed");
}

#[tokio::test]
async fn nothing_is_sent_to_a_disabled_endpoint() {
    let app = TestGateway::spawn();
    let id = some(&app).await;
    change(&app, &id, &json!({"disabled": true})).await;
    check(&act(&app, &id, "test").await, 409, "endpoint_disabled");
    let since = json!({"since": "2026-01-01T00:00:00Z"});
    let reply = app.post(&format!("{ALL}/{id}/recover"), &since).await;
    check(&reply, 409, "endpoint_disabled");
    assert_eq!(app.store.deliveries(), []);
}

#[tokio::test]
async fn what_is_gone_is_not_found() {
    let app = TestGateway::spawn();
    let id = some(&app).await;
    let one = format!("{ALL}/{id}");
    let reply = app.send("DELETE", &one, &[], b"").await;
    assert_eq!((reply.status, reply.body.as_str()), (204, ""));
    for id in [id.as_str(), "x"] {
        let code = "endpoint_not_found";
        check(&app.get(&format!("{ALL}/{id}")).await, 404, code);
        check(&app.send("DELETE", &format!("{ALL}/{id}"), &[], b"").await, 404, code);
        check(&change(&app, id, &json!({})).await, 404, code);
        check(&act(&app, id, "rotate-secret").await, 404, code);
        check(&act(&app, id, "test").await, 404, code);
        let since = json!({"since": "2026-01-01T00:00:00Z"});
        check(&app.post(&format!("{ALL}/{id}/recover"), &since).await, 404, code);
    }
}

#[tokio::test]
async fn all_events_may_be_named() {
    let app = TestGateway::spawn();
    let all: Vec<String> =
        <EventType as strum::VariantArray>::VARIANTS.iter().map(ToString::to_string).collect();
    let reply = create(&app, json!({"url": URL, "events": all})).await;
    assert_eq!((reply.status, &reply.json()["events"]), (201, &json!(all)));
}
