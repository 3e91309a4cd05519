//! What may be asked for beside the work itself.

use std::time::Duration;

use recap_core::job::TimeRange;
use recap_core::webhook::EventType;
use serde_json::{Value, json};

use crate::app::{TestGateway, id_of};
use crate::client::Reply;

const URL: &str = "https://youtu.be/dQw4w9WgXcQ";
const SECRET: &str = "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";

/// With a secret for the webhooks of jobs.
fn signing() -> TestGateway {
    TestGateway::with(|it| it.webhooks.secret = recap_config::Secret::new(SECRET))
}

async fn ask(app: &TestGateway, more: Value) -> Reply {
    let mut body = json!({"url": URL});
    let fields = more.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(fields);
    app.post("/v1/summaries", &body).await
}

#[track_caller]
fn check_refused(reply: &Reply, code: &str, pointer: &str) {
    assert_eq!((reply.status, &reply.json()["code"]), (422, &code.into()), "{reply:?}");
    assert_eq!(reply.json()["errors"][0]["pointer"], pointer, "{reply:?}");
}

#[tokio::test]
async fn all_of_it_comes_back() {
    let app = signing();
    let events = json!(["job.failed", "job.started", "job.failed"]);
    let more = json!({
        "range": {"start": 60, "end": 90.5},
        "client_reference": "order 7",
        "metadata": {"user": "ada", "empty": ""},
        "webhook": {"url": "https://example.com/hook", "events": events},
    });
    for path in ["/v1/summaries", "/v1/transcripts"] {
        let mut body = json!({"url": URL});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let job = app.post(path, &body).await.json();
        assert_eq!(job["input"]["range"], json!({"start": 60.0, "end": 90.5}));
        assert_eq!(job["client_reference"], "order 7");
        assert_eq!(job["metadata"], more["metadata"]);
        let webhook =
            json!({"url": "https://example.com/hook", "events": ["job.started", "job.failed"]});
        assert_eq!(job["webhook"], webhook);
        assert_eq!(
            (&job["batch"], &job["retry_of"], &job["deadline"]),
            (&json!(null), &json!(null), &json!(null))
        );

        let kept = app.store.job(id_of(&job)).unwrap();
        let (start, end) = (Duration::from_mins(1), Some(Duration::from_millis(90_500)));
        assert_eq!(kept.input.range, Some(TimeRange { start, end }));
        let webhook = kept.webhook.unwrap();
        assert_eq!(webhook.events, [EventType::JobStarted, EventType::JobFailed]);
        assert_eq!(webhook.key, None);
    }
    let job = ask(&app, json!({})).await.json();
    assert_eq!((&job["client_reference"], &job["metadata"]), (&json!(null), &json!({})));
    assert_eq!((&job["webhook"], &job["input"]["range"]), (&json!(null), &json!(null)));
}

#[tokio::test]
async fn a_range_that_is_everything_is_none() {
    let app = TestGateway::spawn();
    for (range, expected) in [
        (json!({"start": 0}), json!(null)),
        (json!({"end": null}), json!(null)),
        (json!({"start": 5}), json!({"start": 5.0, "end": null})),
        (json!({"end": 5}), json!({"start": 0.0, "end": 5.0})),
        (json!(null), json!(null)),
    ] {
        let job = ask(&app, json!({"range": range})).await.json();
        assert_eq!(job["input"]["range"], expected, "{range}");
    }
}

#[tokio::test]
async fn what_is_out_of_bounds_is_named() {
    let app = signing();
    let long = |length: usize| "x".repeat(length);
    let many: serde_json::Map<String, Value> =
        (0..17).map(|it| (format!("k{it}"), json!("v"))).collect();
    let url = "https://example.com/hook";
    for (more, pointer) in [
        (json!({"range": {"start": -1}}), "/range/start"),
        (json!({"range": {"start": 43_201}}), "/range/start"),
        (json!({"range": {"start": 9, "end": 9}}), "/range/end"),
        (json!({"range": {"start": 9, "end": 43_201}}), "/range/end"),
        (json!({"range": {"start": "0:09"}}), "/range/start"),
        (json!({"range": {"from": 9}}), "/range/from"),
        (json!({"client_reference": long(129)}), "/client_reference"),
        (json!({"metadata": many}), "/metadata"),
        (json!({"metadata": {"a": 1}}), "/metadata/a"),
        (json!({"metadata": {"": "a"}}), "/metadata"),
        (json!({"metadata": {long(41): "a"}}), "/metadata"),
        (json!({"metadata": {"a": long(257)}}), "/metadata"),
        (json!({"webhook": {}}), "/webhook/url"),
        (json!({"webhook": {"url": long(2049)}}), "/webhook/url"),
        (json!({"webhook": {"url": url, "events": ["job.began"]}}), "/webhook/events/0"),
        (json!({"webhook": {"url": url, "events": [7]}}), "/webhook/events/0"),
        (json!({"webhook": {"url": url, "events": vec!["job.failed"; 17]}}), "/webhook/events"),
    ] {
        check_refused(&ask(&app, more).await, "validation_failed", pointer);
    }
    let edge = json!({
        "client_reference": "ä".repeat(128),
        "metadata": {long(40): "ä".repeat(256)},
        "range": {"start": 43_199, "end": 43_200},
    });
    assert_eq!(ask(&app, edge).await.status, 202);
}

#[tokio::test]
async fn messages_go_only_where_they_may_and_are_signed() {
    let webhook = json!({"webhook": {"url": "https://127.0.0.1/"}});
    check_refused(&ask(&signing(), webhook).await, "webhook_url_refused", "/webhook/url");

    let unsigned = TestGateway::spawn();
    let webhook = json!({"webhook": {"url": "https://example.com/"}});
    let reply = ask(&unsigned, webhook).await;
    check_refused(&reply, "webhook_secret_missing", "/webhook");
    let detail = reply.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("RECAP_WEBHOOKS__SECRET"), "{detail}");
    assert!(unsigned.queue.pushes().is_empty());
}

#[tokio::test]
async fn the_webhook_of_a_key_is_signed_by_it() {
    let app = TestGateway::spawn();
    let made = crate::keyed::key(&app).await;
    let body = json!({"url": URL, "webhook": {"url": "https://example.com/"}});
    let reply = made.post(&app, "/v1/summaries", &body).await;
    assert_eq!(reply.status, 202, "{reply:?}");
    let kept = app.store.job(id_of(&reply.json())).unwrap();
    assert_eq!(kept.webhook.unwrap().key, Some(made.id));
    assert_eq!(kept.owner, made.owner);
}

async fn with_header(app: &TestGateway, name: &str, value: &str) -> Reply {
    let headers = [("content-type", "application/json"), (name, value)];
    let body = json!({"url": URL}).to_string();
    app.send("POST", "/v1/summaries", &headers, body.as_bytes()).await
}

#[tokio::test]
async fn a_job_expires_when_it_is_no_longer_wanted() {
    let app = TestGateway::spawn();
    let now = app.clock.now();
    for (text, seconds) in [("90s", 90), ("10m", 600), ("2h", 7200), ("48h", 172_800)] {
        let job = with_header(&app, "cancel-after", text).await.json();
        let end = now + Duration::from_secs(seconds);
        assert_eq!((&job["deadline"], &job["expires_at"]), (&json!(end), &json!(end)), "{text}");
        let kept = app.store.job(id_of(&job)).unwrap();
        assert_eq!((kept.deadline, kept.expires_at), (Some(end), end));
    }
    for text in ["0s", "49h", "10", "10 m", "soon", ""] {
        let reply = with_header(&app, "cancel-after", text).await;
        check_refused(&reply, "validation_failed", "Cancel-After");
        let detail = "must be a time such as 90s, 10m or 2h, of 1s to 48h";
        assert_eq!(reply.json()["detail"], detail, "{text}");
    }
}
