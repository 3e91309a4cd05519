//! Limits that are changed while running.

use std::time::Duration;

use recap_core::ports::{Control, JobEvent, LimitChanges, Slot, Slots as _, Store as _};
use serde_json::{Value, json};

use crate::app::TestGateway;
use crate::client::Reply;
use crate::spec::SPEC;

async fn put(app: &TestGateway, body: &Value) -> Reply {
    let headers = [("content-type", "application/json")];
    app.send("PUT", "/v1/admin/limits", &headers, body.to_string().as_bytes()).await
}

async fn submit(app: &TestGateway) -> Reply {
    app.post("/v1/transcripts", &json!({"url": "dQw4w9WgXcQ"})).await
}

/// The quota of each policy, and how many jobs may be open, as a caller sees it.
async fn shown(app: &TestGateway) -> (Value, Value) {
    let limits = app.get("/v1/limits").await.json();
    let policies = limits["policies"].as_array().unwrap().iter();
    let quotas: serde_json::Map<String, Value> =
        policies.map(|it| (it["name"].as_str().unwrap().to_owned(), it["quota"].clone())).collect();
    (quotas.into(), limits["bounds"]["max_open_jobs"].clone())
}

async fn until_shown(app: &TestGateway, expected: &(Value, Value)) {
    let began = std::time::Instant::now();
    while shown(app).await != *expected {
        assert!(began.elapsed() < Duration::from_secs(5), "it was not heard of");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn they_are_those_of_all_gateways_at_once() {
    let app = TestGateway::spawn();
    let other = TestGateway::sharing(&app);
    let as_set =
        (json!({"global": 60, "submit": 10, "list": 60, "change": 60, "read": 1200}), json!(200));
    assert_eq!(shown(&other).await, as_set);

    let body = json!({
        "open_jobs_per_client": 1,
        "global_submits_per_minute": 0,
        "submits_per_minute": 3,
        "reads_per_minute": 7,
        "lists_per_minute": 2,
        "changes_per_minute": 5,
    });
    assert_eq!(put(&app, &body).await.status, 200);
    let changed = (json!({"submit": 3, "list": 2, "change": 5, "read": 7}), json!(1));
    assert_eq!(shown(&app).await, changed, "at once");
    until_shown(&other, &changed).await;

    let reply = submit(&other).await;
    assert_eq!(reply.status, 202);
    assert_eq!(reply.header("ratelimit-policy"), Some("\"submit\";q=3;w=60"));
    let reply = submit(&other).await;
    assert_eq!((reply.status, &reply.json()["code"]), (429, &"too_many_jobs".into()));
    let list = other.get("/v1/jobs").await;
    assert_eq!(list.header("ratelimit-policy"), Some("\"list\";q=2;w=60"));
    let job = format!("/v1/jobs/{}", list.json()["data"][0]["id"].as_str().unwrap());
    let read = other.get(&job).await;
    assert_eq!(read.header("ratelimit-policy"), Some("\"read\";q=7;w=60"));

    assert_eq!(put(&app, &json!({})).await.status, 200);
    until_shown(&other, &as_set).await;
    assert_eq!(submit(&other).await.status, 202);
}

#[tokio::test]
async fn a_place_that_there_is_no_more_is_not_given() {
    let app = TestGateway::spawn();
    assert_eq!(submit(&app).await.status, 202);
    put(&app, &json!({"open_jobs": 1})).await;
    let reply = submit(&app).await;
    assert_eq!((reply.status, &reply.json()["code"]), (503, &"queue_full".into()));
    put(&app, &json!({"open_jobs": 2})).await;
    assert_eq!(submit(&app).await.status, 202);
    assert_eq!(submit(&app).await.status, 503);
}

#[tokio::test]
async fn what_is_changed_and_what_is_in_force_is_said() {
    let app = TestGateway::with(|it| it.limits.fetches = 4);
    let reply = put(&app, &json!({"summarizations": 3, "reads_per_minute": null})).await;
    assert_eq!(reply.status, 200);
    let said = reply.json();
    assert_eq!(app.get("/v1/admin/limits").await.json(), said);
    let changed = json!({
        "fetches": null,
        "summarizations": 3,
        "open_jobs": null,
        "open_jobs_per_client": null,
        "global_submits_per_minute": null,
        "submits_per_minute": null,
        "reads_per_minute": null,
        "lists_per_minute": null,
        "changes_per_minute": null,
    });
    let in_force = json!({
        "fetches": 4,
        "summarizations": 3,
        "open_jobs": 1000,
        "open_jobs_per_client": 200,
        "global_submits_per_minute": 60,
        "submits_per_minute": 10,
        "reads_per_minute": 1200,
        "lists_per_minute": 60,
        "changes_per_minute": 60,
        "batch_items": 100,
        "failed_logins_per_minute": 20,
    });
    assert_eq!(said, json!({"changed": changed, "in_force": in_force}));
    assert_eq!(app.events.published(), [JobEvent::ControlChanged]);
    let slots = [Slot::Fetch, Slot::Summarize].map(|it| app.slots.limit(it));
    assert_eq!(slots, [4, 3], "for those who look at what is in use");

    // Whatever else is wanted stays.
    app.send("POST", "/v1/admin/pause", &[], b"").await;
    put(&app, &json!({"fetches": 2})).await;
    let limits = LimitChanges { fetches: Some(2), ..LimitChanges::default() };
    let expected = Control { paused: true, limits, ..Control::default() };
    assert_eq!(app.store.control().await.unwrap(), expected);
}

#[tokio::test]
async fn the_bounds_are_those_of_the_settings() {
    let app = TestGateway::spawn();
    let schema = &SPEC["components"]["schemas"]["LimitChanges"]["properties"];
    let fields = schema.as_object().unwrap();
    assert_eq!(fields.len(), 9);
    for (name, field) in fields {
        let [least, most] = ["minimum", "maximum"].map(|it| field[it].as_i64().unwrap());
        for (value, status) in [(least, 200), (most, 200), (least - 1, 422), (most + 1, 422)] {
            let reply = put(&app, &json!({name: value})).await;
            assert_eq!(reply.status, status, "{name}: {value}");
            if status == 422 {
                let problem = reply.json();
                assert_eq!(problem["code"], "validation_failed");
                assert_eq!(problem["errors"][0]["pointer"], json!(format!("/{name}")));
            }
        }
    }
    put(&app, &json!({"fetches": 3})).await;
    let reply = put(&app, &json!({"fetches": 65, "open_jobs": 0, "lists_per_minute": 1})).await;
    let errors = reply.json()["errors"].clone();
    assert_eq!(
        errors,
        json!([
            {"pointer": "/fetches", "detail": "65 is out of range, use 1 to 64"},
            {"pointer": "/open_jobs", "detail": "0 is out of range, use 1 to 1000000"},
        ])
    );
    for body in [json!({"batch_items": 5}), json!({"fetches": 1.5}), json!({"fetches": "2"})] {
        assert_eq!(put(&app, &body).await.status, 422, "{body}");
    }
    let limits = LimitChanges { fetches: Some(3), ..LimitChanges::default() };
    assert_eq!(app.store.control().await.unwrap().limits, limits, "nothing has changed");
}
