//! Asking for work.

use std::time::Duration;

use insta::assert_json_snapshot;
use recap_core::job::{CacheMode, Priority, Region};
use recap_core::jobs::JobPayload;
use recap_core::ports::{Events as _, JobEvent};
use recap_core::summary::Style;
use recap_core::{Job, JobKind, Status};
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
    let [pushed] = &app.queue.pushes()[..] else { panic!("one entry") };
    assert_eq!(pushed.entry.payload, JobPayload::Summarize { job: id });
    assert_eq!(pushed.entry.lane.priority, Priority::Bulk);
    assert_eq!(pushed.entry.turn, 0);
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
    assert_eq!(app.queue.pushes()[0].entry.payload, JobPayload::Transcribe { job: id });
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

#[tokio::test]
async fn a_batch_takes_as_many_places_as_it_has_items() {
    let app = TestGateway::with(|it| it.limits.open_jobs = 3);
    assert_eq!(app.post("/v1/batches", &json!({"urls": [URL, URL]})).await.status, 202);
    assert_eq!(app.post("/v1/summaries", &json!({"url": URL})).await.status, 202);
    assert_eq!(app.post("/v1/summaries", &json!({"url": URL})).await.status, 503);
}

#[tokio::test]
async fn a_refusal_says_when_a_place_is_free() {
    let app = TestGateway::with(|it| it.limits.open_jobs = 1);
    app.post("/v1/summaries", &json!({"url": URL})).await;
    // One job ends every 20 seconds, as far as is heard.
    for _ in 0..5 {
        app.clock.advance(Duration::from_secs(20));
        let open = samples::queued(JobKind::Transcript);
        app.store.put(open.clone());
        let path = format!("/v1/jobs/{}", open.id);
        let status = async || app.get(&path).await.json()["status"].clone();
        assert_eq!(status().await, "queued");
        app.store.put(Job { status: Status::Failed, ..open.clone() });
        // It is remembered as open until its event is heard.
        app.events.publish(JobEvent::Changed { job: open.id, status: Status::Failed }).await;
        while status().await != "failed" {}
    }
    let refused = app.post("/v1/summaries", &json!({"url": URL})).await;
    assert_eq!((refused.status, &refused.json()["code"]), (503, &"queue_full".into()));
    assert_eq!(refused.header("retry-after"), Some("19"));
    app.clock.advance(Duration::from_hours(1));
    let refused = app.post("/v1/summaries", &json!({"url": URL})).await;
    assert_eq!(refused.header("retry-after"), Some("600"));
}

#[tokio::test]
async fn nobody_has_too_many_open_jobs() {
    let app = TestGateway::with(|it| it.limits.open_jobs_per_client = 3);
    let [ada, bob] = [crate::keyed::key(&app).await, crate::keyed::key(&app).await];
    let batch = json!({"urls": [URL]});
    assert_eq!(ada.post(&app, "/v1/batches", &batch).await.status, 202);
    // Each item will be a job.
    let refused = ada.post(&app, "/v1/batches", &json!({"urls": [URL, URL]})).await;
    assert_eq!((refused.status, &refused.json()["code"]), (429, &"too_many_jobs".into()));
    assert_eq!(refused.header("retry-after"), Some("30"));
    let detail = "2 jobs of yours have not ended; there may be 3 at most.";
    assert_eq!(refused.json()["detail"], detail);
    assert_eq!(ada.post(&app, "/v1/batches", &batch).await.status, 202);
    assert_eq!(ada.post(&app, "/v1/batches", &batch).await.status, 429);
    assert_eq!(ada.post(&app, "/v1/summaries", &json!({"url": URL})).await.status, 202);
    assert_eq!(ada.post(&app, "/v1/summaries", &json!({"url": URL})).await.status, 429);
    // Others may, and more than the limit at once if they have none.
    let many = json!({"urls": [URL, URL, URL, URL]});
    assert_eq!(bob.post(&app, "/v1/batches", &many).await.status, 202);
}

#[tokio::test]
async fn without_keys_all_jobs_are_one_owners() {
    let app = TestGateway::with(|it| it.server.trusted_proxies = 1);
    let headers = [("content-type", "application/json"), ("x-forwarded-for", "127.0.0.7")];
    let reply = app.send("POST", "/v1/summaries", &headers, br#"{"url":"dQw4w9WgXcQ"}"#).await;
    let kept = app.store.job(id_of(&reply.json())).unwrap();
    assert_eq!(kept.owner.as_str(), "local");
    assert!(!reply.body.contains("127.0.0.7"), "{}", reply.body);
}

#[tokio::test]
async fn a_job_may_be_pinned_and_choose_what_is_done_with_finished_work() {
    let app = TestGateway::with(|it| it.queue.regions = vec!["eu".into(), "us".into()]);
    for path in ["/v1/summaries", "/v1/transcripts"] {
        let body = json!({"url": URL, "region": "us", "cache": "refresh"});
        let job = app.post(path, &body).await.json();
        assert_eq!(
            (&job["input"]["region"], &job["input"]["cache"]),
            (&json!("us"), &json!("refresh"))
        );
        let kept = app.store.job(id_of(&job)).unwrap().input;
        assert_eq!(kept.region, Region::try_from("us".to_owned()).ok());
        assert_eq!(kept.cache, CacheMode::Refresh);
        assert_eq!(app.queue.pushes().last().unwrap().entry.lane, kept.lane());
    }
    let job = app.post("/v1/summaries", &json!({"url": URL, "region": null})).await.json();
    assert_eq!((&job["input"]["region"], &job["input"]["cache"]), (&json!(null), &json!("use")));
}

#[tokio::test]
async fn a_region_that_there_is_not_is_refused_with_those_that_there_are() {
    let app = TestGateway::with(|it| it.queue.regions = vec!["eu".into(), "us".into()]);
    for region in ["mars", "", "EU", "eu "] {
        let reply = app.post("/v1/summaries", &json!({"url": URL, "region": region})).await;
        assert_eq!((reply.status, &reply.json()["code"]), (422, &"validation_failed".into()));
        let error = &reply.json()["errors"][0];
        assert_eq!(error["pointer"], "/region");
        assert_eq!(error["detail"], "must be one of eu, us");
    }
    let app = TestGateway::spawn();
    let reply = app.post("/v1/summaries", &json!({"url": URL, "region": "eu"})).await;
    let error = &reply.json()["errors"][0];
    assert_eq!(error["detail"], "must be left out: there are no regions here");
    assert!(app.queue.pushes().is_empty());
}
