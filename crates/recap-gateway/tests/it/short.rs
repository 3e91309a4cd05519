//! Memory is short: luxuries go one by one, new work last, and reads never.

use recap_core::JobKind;
use recap_core::load::Level;
use recap_testkit::samples;
use serde_json::{Value, json};

use crate::app::{JOB, TestGateway};

fn with_luxuries() -> TestGateway {
    TestGateway::with(|it| {
        it.features.full_transcript = true;
        it.features.video_preview = true;
    })
}

async fn job(app: &TestGateway) -> Value {
    let reply = app.get(&format!("/v1/jobs/{JOB}")).await;
    assert_eq!(reply.status, 200);
    reply.json()
}

#[tokio::test]
async fn pictures_go_first_then_transcripts_and_the_job_says_so() {
    let app = with_luxuries();
    app.keep_succeeded(JobKind::Summary);
    let (picture, transcript) = ("/video/thumbnail", "/result/transcript");
    for (percent, expected, warnings) in [
        (79, [true, true], 0),
        (80, [false, true], 1),
        (82, [false, false], 2),
        (95, [false, false], 2),
        (50, [true, true], 0),
    ] {
        app.load.observe(percent);
        let job = job(&app).await;
        let there = [picture, transcript].map(|it| job.pointer(it).is_some_and(Value::is_string));
        assert_eq!(there, expected, "{percent}: {job:#}");
        assert_eq!(job["warnings"].as_array().unwrap().len(), warnings, "{percent}");
    }
}

#[tokio::test]
async fn new_event_streams_wait_and_open_ones_go_on() {
    let app = TestGateway::spawn();
    app.keep(samples::queued(JobKind::Summary));
    app.load.observe(85);
    let path = format!("/v1/jobs/{JOB}/events");
    assert_eq!(app.send("HEAD", &path, &[], b"").await.status, 200);
    app.load.observe(86);
    let reply = app.get(&path).await;
    assert_eq!((reply.status, &reply.json()["code"]), (503, &"too_many_streams".into()));
    assert!(reply.header("retry-after").is_some());
}

#[tokio::test]
async fn new_work_is_refused_last_and_reads_are_answered() {
    let app = TestGateway::spawn();
    app.keep(samples::queued(JobKind::Summary));
    let body = json!({"url": "dQw4w9WgXcQ"});
    app.load.observe(89);
    assert_eq!(app.post("/v1/summaries", &body).await.status, 202);
    app.load.observe(90);
    assert_eq!(app.load.level(), Level::Refusing);
    for path in ["/v1/summaries", "/v1/transcripts"] {
        let reply = app.post(path, &body).await;
        assert_eq!((reply.status, &reply.json()["code"]), (503, &"overloaded".into()), "{path}");
        assert_eq!(reply.header("retry-after"), Some("15"));
    }
    job(&app).await;
    for path in ["/health/ready", "/v1/jobs", "/metrics"] {
        assert_eq!(app.get(path).await.status, 200, "{path}");
    }
    app.load.observe(84);
    assert_eq!(app.post("/v1/summaries", &body).await.status, 202);
}
