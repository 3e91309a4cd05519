//! Jobs that are deleted.

use std::time::Duration;

use bytes::Bytes;
use recap_core::job::{OwnTranscript, Owner, Told};
use recap_core::ports::{Cache as _, CacheKey, Resource, Webhooks as _};
use recap_core::webhook::EventType;
use recap_core::{Job, JobKind, Status};
use recap_testkit::samples;

use crate::app::{JOB, TestGateway};
use crate::client::Reply;

fn path() -> String {
    format!("/v1/jobs/{JOB}")
}

async fn delete(app: &TestGateway) -> Reply {
    app.send("DELETE", &path(), &[], b"").await
}

#[tokio::test]
async fn nothing_is_left_of_a_job() {
    let app = TestGateway::spawn();
    let job = app.keep_succeeded(JobKind::Summary);
    assert_eq!(app.get(&path()).await.status, 200);
    assert_eq!(app.cache.keys().len(), 1);
    let reply = delete(&app).await;
    assert_eq!((reply.status, reply.body.as_str()), (204, ""));
    assert_eq!((app.store.job(job.id), app.cache.keys()), (None, Vec::new()));
    for path in [path(), format!("{}/summary", path()), format!("{}/transcript", path())] {
        let reply = app.get(&path).await;
        assert_eq!((reply.status, &reply.json()["code"]), (404, &"job_not_found".into()));
    }
    assert_eq!(delete(&app).await.status, 404);
    // Not even while nobody can be asked.
    app.store.fail(true);
    assert_eq!(app.get(&path()).await.status, 503);
}

#[tokio::test]
async fn nothing_is_left_of_what_was_answered_about_it() {
    let app = TestGateway::spawn();
    let headers = [("content-type", "application/json"), ("idempotency-key", "abc")];
    let submit = || app.send("POST", "/v1/summaries", &headers, br#"{"url":"dQw4w9WgXcQ"}"#);
    let made = submit().await;
    let path = made.header("location").unwrap().to_owned();
    assert_eq!(app.send("POST", &format!("{path}/cancel"), &[], b"").await.status, 200);
    assert_eq!(submit().await.status, 202, "as before");
    assert_eq!(app.send("DELETE", &path, &[], b"").await.status, 204);
    let again = submit().await;
    assert_eq!((again.status, &again.json()["code"]), (404, &"job_not_found".into()));
}

#[tokio::test]
async fn its_end_is_told_before_it_goes() {
    let app = TestGateway::spawn();
    let endpoint = samples::endpoint(Owner::default());
    app.store.insert_endpoint(&endpoint, 9).await.unwrap();
    let job = Job { told: Told::Nothing, ..samples::succeeded(JobKind::Summary) };
    let job = app.keep(job);
    assert_eq!(app.send("DELETE", &format!("/v1/jobs/{}", job.id), &[], b"").await.status, 204);
    let [message] = app.store.deliveries().try_into().expect("one message");
    assert_eq!((message.job, message.event), (Some(job.id), EventType::JobCompleted));
}

#[tokio::test]
async fn another_process_forgets_it_as_well() {
    let ours = TestGateway::spawn();
    ours.keep_succeeded(JobKind::Summary);
    ours.get(&path()).await;
    let other = TestGateway::beside(&ours);
    other.keep_succeeded(JobKind::Summary);
    assert_eq!(delete(&other).await.status, 204);
    ours.store.fail(true);
    ours.clock.advance(Duration::from_secs(10));
    assert_eq!(ours.get(&path()).await.status, 503, "there is no copy");
}

#[tokio::test]
async fn an_open_job_is_canceled_first() {
    for status in [Status::Queued, Status::Running] {
        let app = TestGateway::spawn();
        let job = app.keep(Job { status, ..samples::queued(JobKind::Summary) });
        let reply = delete(&app).await;
        assert_eq!((reply.status, &reply.json()["code"]), (409, &"job_open".into()));
        assert_eq!(reply.json()["detail"], "The job has not ended; cancel it first.");
        assert!(app.store.job(job.id).is_some());
    }
}

#[tokio::test]
async fn the_summary_of_a_transcript_that_was_sent_goes_with_it() {
    let app = TestGateway::spawn();
    let mut job = samples::succeeded(JobKind::Summary);
    let digest = "abc".to_owned();
    job.input.transcript = Some(OwnTranscript { digest, title: None, estimated: false });
    app.keep(job);
    let key = |id: &str| CacheKey {
        resource: Resource::Summary,
        id: id.to_owned(),
        version: "1/auto/detailed/r".to_owned(),
    };
    let video = samples::video_id();
    for id in ["abc", video.as_str()] {
        app.cache.put(&key(id), Bytes::from_static(b"kept")).await;
    }
    assert_eq!(delete(&app).await.status, 204);
    assert_eq!(app.cache.keys(), [key(video.as_str())]);
}

#[tokio::test]
async fn a_video_is_everyones() {
    let app = TestGateway::spawn();
    app.keep_succeeded(JobKind::Summary);
    let (id, version) = (samples::video_id().to_string(), "1".to_owned());
    let key = CacheKey { resource: Resource::Summary, id, version };
    app.cache.put(&key, Bytes::from_static(b"kept")).await;
    assert_eq!(delete(&app).await.status, 204);
    assert_eq!(app.cache.keys(), [key]);
}
