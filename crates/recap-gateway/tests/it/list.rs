//! Lists of jobs.

use std::time::Duration;

use recap_core::{JobKind, Status};
use recap_testkit::samples;
use serde_json::Value;

use crate::app::TestGateway;
use crate::client::Reply;

fn ids(page: &Value) -> Vec<String> {
    let data = page["data"].as_array().unwrap();
    data.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn pages_stay_as_they_are_while_jobs_come_in() {
    let app = TestGateway::spawn();
    let insert = || app.store.put(samples::queued(JobKind::Summary));
    (0..5).for_each(|_| insert());
    let all = ids(&app.get("/v1/jobs").await.json());
    assert_eq!(all.len(), 5);

    let (mut seen, mut path) = (Vec::new(), "/v1/jobs?limit=2".to_owned());
    loop {
        let page = app.get(&path).await.json();
        seen.extend(ids(&page));
        let more = page["has_more"].as_bool().unwrap();
        let Some(cursor) = page["next_cursor"].as_str() else {
            assert!(!more);
            break;
        };
        assert!(more);
        path = format!("/v1/jobs?limit=2&cursor={cursor}");
        // Later, and so before the first page.
        tokio::time::sleep(Duration::from_millis(2)).await;
        insert();
    }
    assert_eq!(seen, all);
}

#[tokio::test]
async fn filters_choose_jobs() {
    let app = TestGateway::spawn();
    let summary = app.keep_succeeded(JobKind::Summary).id.to_string();
    let mut other = samples::queued(JobKind::Transcript);
    other.input.video_id = Some("jNQXAC9IVRw".parse().unwrap());
    other.created_at += Duration::from_hours(1);
    app.store.put(other.clone());
    let other = other.id.to_string();

    for (query, expected) in [
        ("status=succeeded", &summary),
        ("status=queued", &other),
        ("kind=summary", &summary),
        ("video_id=jNQXAC9IVRw", &other),
        ("created_after=2026-01-01T00:30:00Z", &other),
        ("created_after=2026-01-01T01:30:00%2B01:00", &other),
        ("kind=transcript&status=queued", &other),
    ] {
        let reply = app.get(&format!("/v1/jobs?{query}")).await;
        assert_eq!(ids(&reply.json()), [expected.as_str()], "{query}");
    }
}

#[tokio::test]
async fn lists_leave_out_the_results() {
    let app = TestGateway::spawn();
    app.keep_succeeded(JobKind::Summary);
    let page = app.get("/v1/jobs").await.json();
    assert!(page["data"][0].get("result").is_none());
    assert_eq!(page["data"][0]["status"], Status::Succeeded.to_string());
    assert_eq!((&page["next_cursor"], &page["has_more"]), (&Value::Null, &Value::Bool(false)));
}

#[tokio::test]
async fn wrong_parameters_are_named_all_at_once() {
    let app = TestGateway::spawn();
    let query = "status=done&kind=x&video_id=short&created_after=now&limit=101&cursor=zz&page=2";
    let reply: Reply = app.get(&format!("/v1/jobs?{query}")).await;
    assert_eq!(reply.status, 422);
    insta::assert_json_snapshot!("wrong_parameters", reply.json());
}
