//! Many videos at once.

use std::collections::HashSet;
use std::time::Duration;

use recap_core::job::{BatchInput, Priority};
use recap_core::jobs::JobPayload;
use recap_core::ports::Store as _;
use recap_core::{Job, JobId, JobKind, Status};
use recap_testkit::fakes::TestJobs;
use recap_testkit::samples;
use serde_json::{Value, json};

use crate::app::{JOB, TestGateway, id_of};
use crate::client::Reply;

const URL: &str = "https://youtu.be/dQw4w9WgXcQ?si=abc";

async fn batch(app: &TestGateway, body: Value) -> Reply {
    app.post("/v1/batches", &body).await
}

#[track_caller]
fn check_refused(reply: &Reply, code: &str, pointer: &str) {
    assert_eq!((reply.status, &reply.json()["code"]), (422, &code.into()), "{reply:?}");
    assert_eq!(reply.json()["errors"][0]["pointer"], pointer, "{reply:?}");
}

#[tokio::test]
async fn links_become_items_and_wrong_ones_errors() {
    let app = TestGateway::spawn();
    let long = format!("https://example.com/{}", "x".repeat(300));
    let body = json!({
        "urls": [URL, "https://example.com/", "dQw4w9WgXcQ", long],
        "language": "de",
        "client_reference": "shelf",
    });
    let reply = batch(&app, body).await;
    assert_eq!(reply.status, 202, "{reply:?}");
    let body = reply.json();
    let id = id_of(&body);
    assert_eq!(reply.header("location"), Some(format!("/v1/batches/{id}").as_str()));
    assert_eq!(reply.header("retry-after"), Some("5"));
    let counts = json!({"total": 4, "queued": 2, "running": 0, "succeeded": 0, "failed": 2, "canceled": 0, "expired": 0});
    assert_eq!(body["counts"], counts);
    assert_eq!((&body["object"], &body["kind"]), (&json!("batch"), &json!("summary")));
    let items = body["items"].as_array().unwrap();
    let item = json!({"url": URL, "video_id": "dQw4w9WgXcQ", "job": null, "error": null});
    assert_eq!(items[0], item);
    assert_eq!(
        (&items[1]["video_id"], &items[1]["error"]["code"]),
        (&json!(null), &json!("invalid_url"))
    );
    assert_eq!(items[2]["video_id"], "dQw4w9WgXcQ");
    assert_eq!(items[3]["url"].as_str().unwrap().len(), 200);

    let kept = app.store.job(id).unwrap();
    assert_eq!((kept.kind, kept.input.priority), (JobKind::Batch, Priority::Bulk));
    assert_eq!(kept.input.language.as_deref(), Some("de"));
    let expected = BatchInput { kind: JobKind::Summary, playlist: None, max_items: 4 };
    assert_eq!(kept.input.batch, Some(expected));
    assert_eq!(app.queue.pushes()[0].entry.payload, JobPayload::Batch { job: id });
    assert_eq!(app.get(&format!("/v1/batches/{id}")).await.json(), body);
    // It is a job as well.
    let job = app.get(&format!("/v1/jobs/{id}")).await.json();
    assert_eq!((&job["kind"], &job["urls"]["transcript"]), (&json!("batch"), &json!(null)));
    assert_eq!(job["urls"]["batch"], format!("/v1/batches/{id}"));
}

#[tokio::test]
async fn a_playlist_is_listed_later() {
    let app = TestGateway::with(|it| it.limits.batch_items = 50);
    for (wish, max_items) in [(json!({}), 50), (json!({"max_items": 3}), 3)] {
        let mut body = json!({
            "playlist": "https://www.youtube.com/playlist?list=PL1",
            "kind": "transcript",
            "priority": "interactive",
        });
        body.as_object_mut().unwrap().extend(wish.as_object().unwrap().clone());
        let reply = batch(&app, body).await;
        assert_eq!((reply.status, &reply.json()["playlist"]), (202, &json!("PL1")));
        assert_eq!(
            (&reply.json()["items"], &reply.json()["kind"]),
            (&json!([]), &json!("transcript"))
        );
        let input = app.store.job(id_of(&reply.json())).unwrap().input;
        assert_eq!(input.priority, Priority::Interactive);
        assert_eq!(input.batch.unwrap().max_items, max_items);
    }
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let app = TestGateway::with(|it| it.limits.batch_items = 2);
    for (body, code, pointer) in [
        (json!({}), "validation_failed", "/urls"),
        (json!({"urls": []}), "validation_failed", "/urls"),
        (json!({"urls": [URL, URL, URL]}), "validation_failed", "/urls"),
        (json!({"urls": [URL], "playlist": "PL1"}), "validation_failed", "/playlist"),
        (json!({"urls": [URL], "max_items": 1}), "validation_failed", "/max_items"),
        (json!({"playlist": "PL1", "max_items": 3}), "validation_failed", "/max_items"),
        (json!({"playlist": "PL1", "max_items": 0}), "validation_failed", "/max_items"),
        (json!({"playlist": "https://example.com/?list=PL1"}), "invalid_url", "/playlist"),
        (json!({"urls": [URL], "kind": "batch"}), "validation_failed", "/kind"),
        (json!({"urls": [URL], "range": {"start": 1}}), "validation_failed", "/range"),
        (json!({"urls": [7]}), "validation_failed", "/urls/0"),
    ] {
        check_refused(&batch(&app, body).await, code, pointer);
    }
    assert!(app.queue.pushes().is_empty());
}

/// A batch of two videos and a wrong link, as workers leave it, and its jobs.
async fn worked_on(app: &TestGateway) -> (JobId, Vec<Job>) {
    let body = json!({"urls": [URL, "x y", "9bZkp7q19f0"], "kind": "transcript"});
    let id = id_of(&batch(app, body).await.json());
    let jobs = TestJobs::new();
    jobs.clock.set(app.clock.now());
    jobs.store.put(app.store.job(id).unwrap());
    let entry = recap_core::ports::Entry::new(&jobs.job(id), 0);
    recap_core::ports::Queue::push(&*jobs.queue, &[entry], Duration::ZERO).await.unwrap();
    jobs.drain().await;
    let made = jobs.job(id);
    let children: Vec<Job> =
        made.items.iter().filter_map(|it| it.job).map(|it| jobs.job(it)).collect();
    for job in children.iter().chain([&made]) {
        app.store.put(job.clone());
    }
    (id, children)
}

#[tokio::test]
async fn items_show_how_their_jobs_are() {
    let app = TestGateway::spawn();
    let (id, mut children) = worked_on(&app).await;
    let show = async || {
        app.clock.advance(Duration::from_secs(2));
        app.get(&format!("/v1/batches/{id}")).await.json()
    };
    let body = show().await;
    let [first, second] = &mut children[..] else { panic!("two jobs") };
    assert_ne!(first.id, second.id);
    let job = json!({"id": first.id.to_string(), "status": "queued", "url": format!("/v1/jobs/{}", first.id)});
    assert_eq!(body["items"][0]["job"], job);
    assert_eq!((&body["counts"]["queued"], &body["counts"]["failed"]), (&json!(2), &json!(1)));

    (first.status, second.status) = (Status::Succeeded, Status::Running);
    app.store.put(first.clone());
    app.store.put(second.clone());
    let body = show().await;
    assert_eq!(body["items"][0]["job"]["status"], "succeeded");
    assert_eq!((&body["counts"]["succeeded"], &body["counts"]["running"]), (&json!(1), &json!(1)));
    assert_eq!(app.get(&format!("/v1/jobs/{}", first.id)).await.json()["batch"], id.to_string());

    // A job that was deleted is not shown any more.
    app.store.delete(first.id).await.unwrap();
    assert_eq!(show().await["items"][0]["job"], json!(null));
}

#[tokio::test]
async fn a_large_batch_is_read_whole() {
    let app = TestGateway::with(|it| it.limits.batch_items = 250);
    let mut job = samples::queued(JobKind::Batch);
    let item = |index: usize| {
        let mut child = samples::queued(JobKind::Transcript);
        (child.status, child.batch) = (Status::Running, Some(JOB.parse().unwrap()));
        app.store.put(child.clone());
        recap_core::job::BatchItem {
            url: index.to_string(),
            video: Some(samples::video_id()),
            job: Some(child.id),
            error: None,
        }
    };
    job.items = (0..250).map(item).collect();
    (job.input.video_id, job.status) = (None, Status::Running);
    app.keep(job);
    let body = app.get(&format!("/v1/batches/{JOB}")).await.json();
    assert_eq!(body["counts"]["running"], 250);
    let ids: HashSet<&str> = body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["job"]["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids.len(), 250);
}

#[tokio::test]
async fn items_count_before_they_are_jobs() {
    // A batch is a job, too.
    for (most, fit) in [(200, 1), (201, 2), (310, 3)] {
        let app = TestGateway::with(|it| it.limits.open_jobs_per_client = most);
        for turn in 0..10 {
            let reply = batch(&app, json!({"urls": vec![URL; 100]})).await;
            assert_eq!(reply.status, if turn < fit { 202 } else { 429 }, "{most}: {turn}");
        }
    }
    let app = TestGateway::with(|it| it.limits.open_jobs_per_client = 3);
    let playlist = json!({"playlist": "PL1", "max_items": 2});
    let id = id_of(&batch(&app, playlist.clone()).await.json());
    assert_eq!(batch(&app, playlist).await.status, 429);
    // It was shorter than it might have been, and has a video that is none.
    let mut job = app.store.job(id).unwrap();
    let error = Some(recap_core::ErrorCode::InvalidUrl.into());
    let url = String::new();
    job.items = vec![recap_core::job::BatchItem { url, video: None, job: None, error }];
    app.store.put(job);
    assert_eq!(batch(&app, json!({"urls": [URL, URL]})).await.status, 202);
}

#[tokio::test]
async fn canceling_a_batch_cancels_its_jobs() {
    let app = TestGateway::spawn();
    let (id, children) = worked_on(&app).await;
    let reply = app.send("POST", &format!("/v1/jobs/{id}/cancel"), &[], b"").await;
    assert_eq!((reply.status, &reply.json()["status"]), (200, &json!("canceled")));
    for child in children {
        assert_eq!(app.store.job(child.id).unwrap().status, Status::Canceled);
    }
    let body = app.get(&format!("/v1/batches/{id}")).await.json();
    assert_eq!((&body["status"], &body["counts"]["canceled"]), (&json!("canceled"), &json!(2)));
}

#[tokio::test]
async fn what_is_no_batch_is_not_found() {
    let app = TestGateway::spawn();
    app.keep_succeeded(JobKind::Summary);
    for id in [JOB, "job_01JGFJJZ00000000000000000B", "x"] {
        let reply = app.get(&format!("/v1/batches/{id}")).await;
        assert_eq!((reply.status, &reply.json()["code"]), (404, &"batch_not_found".into()));
    }
}
