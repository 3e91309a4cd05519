//! What is known of a video.

use std::time::Duration;

use recap_core::job::Owner;
use recap_core::{Job, JobId, JobKind, Status};
use recap_testkit::samples;
use serde_json::json;

use crate::app::TestGateway;

const VIDEO: &str = "/v1/videos/dQw4w9WgXcQ";
const SUMMARIES: &str = "/v1/videos/dQw4w9WgXcQ/summaries";

fn put(app: &TestGateway, count: usize) -> Vec<JobId> {
    let job = |index: usize| {
        let mut job = samples::succeeded(JobKind::Summary);
        let at = samples::created_at() + Duration::from_secs(index as u64);
        job.id = JobId::derived(at, &[]);
        app.store.put(job.clone());
        job.id
    };
    (0..count).map(job).collect()
}

#[tokio::test]
async fn a_video_is_shown_as_its_jobs_know_it() {
    let app = TestGateway::spawn();
    put(&app, 1);
    let reply = app.get(VIDEO).await;
    assert_eq!(reply.status, 200);
    let video = reply.json();
    assert_eq!((&video["id"], &video["duration_seconds"]), (&json!("dQw4w9WgXcQ"), &json!(720)));
    assert_eq!((&video["title"], video.get("thumbnail")), (&json!("How bridges stand"), None));
    let app = TestGateway::with(|it| it.features.video_preview = true);
    put(&app, 1);
    assert!(app.get(VIDEO).await.json()["thumbnail"].is_string());
}

#[tokio::test]
async fn its_summaries_are_newest_first_with_their_results() {
    let app = TestGateway::spawn();
    let ids = put(&app, 7);
    let other = |change: &dyn Fn(&mut Job)| {
        let mut job = samples::succeeded(JobKind::Summary);
        change(&mut job);
        app.store.put(job);
    };
    other(&|it| it.kind = JobKind::Transcript);
    other(&|it| it.status = Status::Failed);
    other(&|it| it.owner = Owner::new("somebody else"));
    other(&|it| it.input.video_id = "9bZkp7q19f0".parse().ok());

    let page = app.get(SUMMARIES).await.json();
    let shown = |page: &serde_json::Value| -> Vec<String> {
        let jobs = page["data"].as_array().unwrap();
        jobs.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
    };
    let newest: Vec<String> = ids.iter().rev().map(ToString::to_string).collect();
    assert_eq!(shown(&page), newest[..5]);
    assert!(page["data"][0]["result"]["tldr"].is_string());
    assert_eq!(page["has_more"], true);
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = app.get(&format!("{SUMMARIES}?limit=20&cursor={cursor}")).await.json();
    assert_eq!(shown(&rest), newest[5..]);
    assert_eq!((&rest["has_more"], &rest["next_cursor"]), (&json!(false), &json!(null)));
}

#[tokio::test]
async fn what_no_job_knows_is_not_found() {
    let app = TestGateway::spawn();
    for path in [VIDEO, SUMMARIES, "/v1/videos/x", "/v1/videos/x/summaries"] {
        let reply = app.get(path).await;
        assert_eq!((reply.status, &reply.json()["code"]), (404, &"video_not_found".into()));
    }
    // Known, but not summarised.
    app.store.put(samples::succeeded(JobKind::Transcript));
    let expected = json!({"data": [], "next_cursor": null, "has_more": false});
    assert_eq!(app.get(SUMMARIES).await.json(), expected);
    for query in ["limit=0", "limit=21", "cursor=x"] {
        assert_eq!(app.get(&format!("{SUMMARIES}?{query}")).await.status, 422);
    }
}
