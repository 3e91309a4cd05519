//! Jobs that are done again.

use std::time::Duration;

use recap_core::job::{BatchInput, BatchItem, OwnTranscript};
use recap_core::jobs::JobPayload;
use recap_core::ports::Store as _;
use recap_core::webhook::JobWebhook;
use recap_core::{ErrorCode, Job, JobKind, Status};
use recap_testkit::samples;
use serde_json::json;

use crate::app::{JOB, TestGateway, id_of};
use crate::client::Reply;

fn failed(kind: JobKind) -> Job {
    let mut job = samples::queued(kind);
    (job.status, job.error) = (Status::Failed, Some(ErrorCode::BlockedIp.into()));
    job.completed_at = Some(samples::created_at());
    job
}

async fn retry(app: &TestGateway) -> Reply {
    app.send("POST", &format!("/v1/jobs/{JOB}/retry"), &[], b"").await
}

#[tokio::test]
async fn the_new_job_asks_for_the_same() {
    let app = TestGateway::spawn();
    let mut old = failed(JobKind::Summary);
    old.input.language = Some("de".to_owned());
    old.client_reference = Some("order 7".to_owned());
    old.metadata = [("user".to_owned(), "ada".to_owned())].into();
    let url = "https://example.com/".to_owned();
    old.webhook = Some(JobWebhook { url, events: Vec::new(), key: None });
    (old.attempts, old.deadline) = (4, Some(samples::created_at()));
    let old = app.keep(old);
    app.clock.advance(Duration::from_hours(1));

    let reply = retry(&app).await;
    assert_eq!(reply.status, 202, "{reply:?}");
    let body = reply.json();
    let id = id_of(&body);
    assert_ne!(id, old.id);
    assert_eq!(reply.header("location"), Some(format!("/v1/jobs/{id}").as_str()));
    assert_eq!((&body["retry_of"], &body["status"]), (&json!(JOB), &json!("queued")));
    let new = app.store.job(id).unwrap();
    assert_eq!((&new.input, &new.owner), (&old.input, &old.owner));
    assert_eq!((&new.webhook, &new.metadata), (&old.webhook, &old.metadata));
    assert_eq!((&new.client_reference, new.attempts), (&old.client_reference, 0));
    assert_eq!(new.expires_at, app.clock.now() + Duration::from_hours(48));
    assert_eq!((new.retry_of, new.deadline, &new.error), (Some(old.id), None, &None));
    assert_eq!(app.queue.pushes()[0].entry.payload, JobPayload::Summarize { job: id });
    assert_eq!(app.store.job(old.id), Some(old));
}

#[tokio::test]
async fn a_transcript_that_was_sent_is_sent_along() {
    let app = TestGateway::spawn();
    let mut old = failed(JobKind::Summary);
    old.input.video_id = None;
    let digest = "abc".to_owned();
    old.input.transcript = Some(OwnTranscript { digest, title: None, estimated: false });
    let old = app.keep(old);
    let gone = retry(&app).await;
    assert_eq!((gone.status, &gone.json()["code"]), (404, &"job_not_found".into()));

    let transcript = samples::transcript(Duration::from_secs(15));
    app.store.put_transcript_of(old.id, transcript.clone());
    let id = id_of(&retry(&app).await.json());
    assert_eq!(app.store.find_transcript(id).await.unwrap(), Some(transcript));
}

#[tokio::test]
async fn the_items_of_a_batch_are_made_anew() {
    let app = TestGateway::spawn();
    let mut old = failed(JobKind::Batch);
    old.input.video_id = None;
    old.input.batch = Some(BatchInput { kind: JobKind::Summary, playlist: None, max_items: 2 });
    let item = |job, error: Option<ErrorCode>| BatchItem {
        url: "u".to_owned(),
        video: Some(samples::video_id()),
        job,
        error: error.map(Into::into),
    };
    let child = samples::queued(JobKind::Summary).id;
    old.items = vec![item(Some(child), None), item(None, Some(ErrorCode::InvalidUrl))];
    app.keep(old);
    let reply = retry(&app).await;
    let id = id_of(&reply.json());
    assert_eq!((reply.status, &reply.json()["kind"]), (202, &json!("batch")));
    let items = app.store.job(id).unwrap().items;
    assert_eq!(items, [item(None, None), item(None, Some(ErrorCode::InvalidUrl))]);
}

#[tokio::test]
async fn only_what_ended_without_success_is_done_again() {
    let app = TestGateway::spawn();
    for (status, code) in [
        (Status::Queued, "job_open"),
        (Status::Running, "job_open"),
        (Status::Succeeded, "job_finished"),
    ] {
        // Each in a place of its own: an ended job stays so.
        let app = TestGateway::spawn();
        app.keep(Job { status, ..samples::queued(JobKind::Summary) });
        let reply = retry(&app).await;
        assert_eq!((reply.status, &reply.json()["code"]), (409, &code.into()));
    }
    for status in [Status::Failed, Status::Canceled, Status::Expired] {
        let app = TestGateway::spawn();
        app.keep(Job { status, ..failed(JobKind::Transcript) });
        assert_eq!(retry(&app).await.status, 202);
    }
    let reply = retry(&app).await;
    assert_eq!((reply.status, &reply.json()["code"]), (404, &"job_not_found".into()));
}

#[tokio::test]
async fn a_retry_may_have_an_end_of_its_own() {
    let app = TestGateway::spawn();
    app.keep(failed(JobKind::Summary));
    let headers = [("cancel-after", "10m")];
    let reply = app.send("POST", &format!("/v1/jobs/{JOB}/retry"), &headers, b"").await;
    let end = app.clock.now() + Duration::from_mins(10);
    assert_eq!(
        (&reply.json()["deadline"], &reply.json()["expires_at"]),
        (&json!(end), &json!(end))
    );
}

async fn retry_once(app: &TestGateway) -> Reply {
    let headers = [("idempotency-key", "abc")];
    app.send("POST", &format!("/v1/jobs/{JOB}/retry"), &headers, b"").await
}

#[tokio::test]
async fn a_retry_is_answered_again_when_the_old_job_is_gone() {
    let app = TestGateway::spawn();
    app.keep(failed(JobKind::Summary));
    let first = retry_once(&app).await;
    assert_eq!(first.status, 202);
    assert_eq!(app.send("DELETE", &format!("/v1/jobs/{JOB}"), &[], b"").await.status, 204);
    let again = retry_once(&app).await;
    assert_eq!((again.status, &again.body), (202, &first.body));
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(retry(&app).await.status, 404);
}

#[tokio::test]
async fn a_retry_that_was_refused_may_be_sent_again() {
    let app = TestGateway::spawn();
    assert_eq!(retry_once(&app).await.status, 404);
    app.keep(Job { status: Status::Running, ..samples::queued(JobKind::Summary) });
    assert_eq!(retry_once(&app).await.status, 409);
    app.keep(failed(JobKind::Summary));
    assert_eq!(retry_once(&app).await.status, 202);
}
