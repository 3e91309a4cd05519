//! Submits that wait for the end.

use std::sync::Arc;
use std::time::{Duration, Instant};

use recap_core::job::Stage;
use recap_core::ports::{Events as _, JobEvent};
use recap_core::{Job, Status};
use recap_testkit::samples;
use serde_json::json;
use tokio::task::JoinSet;

use crate::app::{TestGateway, id_of};
use crate::client::Reply;

const URL: &str = "https://youtu.be/dQw4w9WgXcQ";

async fn prefer(app: &TestGateway, path: &str, preference: &str) -> Reply {
    let headers = [("content-type", "application/json"), ("prefer", preference)];
    let body = if path == "/v1/batches" { json!({"urls": [URL]}) } else { json!({"url": URL}) };
    app.send("POST", path, &headers, body.to_string().as_bytes()).await
}

/// Ends the one job there is once it is there, as a worker would.
async fn end(app: &TestGateway) -> Job {
    while app.queue.pushes().is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let id = app.queue.pushes()[0].entry.payload.job().unwrap();
    let mut job = app.store.job(id).unwrap();
    let (status, at) = (Status::Succeeded, Some(app.clock.now()));
    (job.status, job.completed_at, job.progress.stage) = (status, at, Stage::Done);
    job.result = (job.kind == recap_core::JobKind::Summary).then(samples::summary);
    job.revision += 1;
    app.store.put(job.clone());
    app.events.publish(JobEvent::Changed { job: id, status }).await;
    job
}

#[tokio::test]
async fn the_answer_is_the_end_of_the_job() {
    for path in ["/v1/summaries", "/v1/transcripts", "/v1/batches"] {
        let app = Arc::new(TestGateway::spawn());
        let began = Instant::now();
        let client = Arc::clone(&app);
        let mut requests = JoinSet::new();
        requests.spawn(async move { prefer(&client, path, "respond-async, wait=45").await });
        let ended = end(&app).await;
        let reply = requests.join_next().await.unwrap().unwrap();
        assert_eq!((reply.status, &reply.json()["status"]), (200, &json!("succeeded")), "{path}");
        assert_eq!(id_of(&reply.json()), ended.id);
        assert_eq!(reply.header("preference-applied"), Some("wait=45"));
        assert_eq!(reply.header("retry-after"), None);
        assert!(reply.header("location").unwrap().ends_with(&ended.id.to_string()));
        assert!(began.elapsed() < Duration::from_secs(20));
    }
}

#[tokio::test]
async fn a_job_that_takes_longer_is_accepted() {
    let app = TestGateway::spawn();
    let reply = prefer(&app, "/v1/summaries", "wait=1").await;
    assert_eq!((reply.status, &reply.json()["status"]), (202, &json!("queued")));
    assert_eq!(reply.header("preference-applied"), Some("wait=1"));
    assert_eq!(reply.header("retry-after"), Some("5"));
}

#[tokio::test]
async fn a_wait_leaves_time_to_answer() {
    let app = TestGateway::with(|it| it.server.request_timeout_seconds = 3);
    let reply = prefer(&app, "/v1/summaries", "wait=60").await;
    assert_eq!(reply.status, 202, "{reply:?}");
}

#[tokio::test]
async fn other_preferences_are_not_applied() {
    let app = TestGateway::spawn();
    for preference in ["respond-async", "wait=0", "wait=soon", "return=minimal; wait=5"] {
        let reply = prefer(&app, "/v1/summaries", preference).await;
        assert_eq!((reply.status, reply.header("preference-applied")), (202, None), "{preference}");
    }
}
