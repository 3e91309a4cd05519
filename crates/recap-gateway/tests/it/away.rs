//! What can be read while the store is away, and what need not be asked for.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use recap_core::ports::{Cache, Events, JobEvent, Store};
use recap_core::{Job, JobKind, Status};
use recap_testkit::samples;
use serde_json::json;
use tokio::task::JoinSet;

use crate::app::{JOB, TestGateway, id_of};
use crate::client::Reply;

/// Longer than an open job is believed without asking.
const MOMENT: Duration = Duration::from_secs(1);

const MARK: Option<&str> = Some("recap; hit; detail=store_away");

fn path() -> String {
    format!("/v1/jobs/{JOB}")
}

fn running(revision: u64) -> Job {
    let job = samples::queued(JobKind::Summary);
    Job { id: JOB.parse().unwrap(), status: Status::Running, revision, ..job }
}

#[track_caller]
fn check_marked(reply: &Reply, age: &str) {
    assert_eq!(reply.header("cache-status"), MARK, "{reply:?}");
    assert_eq!(reply.header("age"), Some(age));
}

#[tokio::test]
async fn a_job_that_was_read_is_shown_as_it_was() {
    let app = TestGateway::spawn();
    app.keep(running(3));
    let before = app.get(&path()).await;
    assert_eq!((before.header("age"), before.header("cache-status")), (None, None));
    app.clock.advance(Duration::from_secs(7));
    app.store.fail(true);
    let reply = app.get(&path()).await;
    assert_eq!((reply.status, &reply.body), (200, &before.body));
    assert_eq!(reply.header("etag"), Some("W/\"3\""));
    assert_eq!(reply.header("retry-after"), Some("5"));
    check_marked(&reply, "7");
    let reply = app.send("GET", &path(), &[("if-none-match", "W/\"3\"")], b"").await;
    assert_eq!((reply.status, reply.body.as_str()), (304, ""));
    check_marked(&reply, "7");
}

#[tokio::test]
async fn the_age_is_that_of_the_last_look() {
    let app = TestGateway::spawn();
    app.keep(running(3));
    app.get(&path()).await;
    app.clock.advance(Duration::from_mins(1));
    app.get(&path()).await;
    app.clock.advance(Duration::from_secs(2));
    app.store.fail(true);
    check_marked(&app.get(&path()).await, "2");
}

#[tokio::test]
async fn a_job_that_was_accepted_is_shown() {
    let app = TestGateway::spawn();
    let job = app.post("/v1/summaries", &json!({"url": "dQw4w9WgXcQ"})).await.json();
    app.store.fail(true);
    let reply = app.get(&format!("/v1/jobs/{}", id_of(&job))).await;
    assert_eq!((reply.status, reply.json()), (200, job));
    check_marked(&reply, "0");
}

#[tokio::test]
async fn a_job_that_was_never_seen_is_not_known() {
    let app = TestGateway::spawn();
    app.keep(running(3));
    app.store.fail(true);
    let reply = app.get(&path()).await;
    assert_eq!((reply.status, &reply.json()["code"]), (503, &"unavailable".into()));
    assert_eq!(reply.header("retry-after"), Some("5"));
}

#[tokio::test]
async fn an_ended_job_is_shown_without_asking_until_it_is_forgotten() {
    let app = TestGateway::spawn();
    let job = app.keep_succeeded(JobKind::Summary);
    let before = app.get(&path()).await;
    app.store.fail(true);
    let reply = app.get(&path()).await;
    assert_eq!((reply.status, &reply.body), (200, &before.body));
    // It cannot have changed, so nothing is said of the store.
    assert_eq!((reply.header("age"), reply.header("cache-status")), (None, None));
    assert_eq!(app.get(&format!("{}/summary", path())).await.status, 200);
    assert_eq!(app.get(&format!("{}/transcript", path())).await.status, 503);

    app.clock.set(job.expires_at);
    assert_eq!(app.get(&path()).await.status, 503);
    app.store.fail(false);
    app.store.forget(app.clock.now(), 10).await.unwrap();
    assert_eq!(app.get(&path()).await.status, 404);
}

#[tokio::test]
async fn an_older_copy_never_takes_the_place_of_an_ended_job() {
    let ours = TestGateway::spawn();
    ours.keep_succeeded(JobKind::Summary);
    ours.get(&path()).await;
    // Another process wakes up with what it read long ago.
    let late = TestGateway::beside(&ours);
    late.keep(running(3));
    assert_eq!(late.get(&path()).await.json()["status"], "running");
    late.clock.advance(MOMENT);

    ours.keep(running(3));
    assert_eq!(ours.get(&path()).await.json()["status"], "succeeded");
    for app in [&ours, &late, &TestGateway::beside(&ours)] {
        app.store.fail(true);
        assert_eq!(app.get(&path()).await.json()["status"], "succeeded");
    }
}

#[tokio::test]
async fn a_copy_is_written_when_there_is_news() {
    let app = TestGateway::with(|it| it.cache.job_minutes = 60);
    app.keep(running(3));
    app.get(&path()).await;
    let [key] = &app.cache.keys()[..] else { panic!("one copy") };
    app.cache.put(key, Bytes::from_static(b"untouched")).await;
    let written = || app.cache.value(key).unwrap() != "untouched";
    let look = async || {
        app.clock.advance(MOMENT);
        app.get(&path()).await
    };
    look().await;
    app.keep(running(2));
    look().await;
    assert!(!written());
    app.keep(running(4));
    look().await;
    assert!(written());
    // Nor may it go while somebody still looks at the job.
    app.cache.put(key, Bytes::from_static(b"untouched")).await;
    app.clock.advance(Duration::from_mins(30));
    look().await;
    assert!(written());
}

#[tokio::test]
async fn a_copy_that_cannot_be_read_is_none() {
    let app = TestGateway::spawn();
    app.keep_succeeded(JobKind::Summary);
    app.get(&path()).await;
    let [key] = &app.cache.keys()[..] else { panic!("one copy") };
    app.cache.put(key, Bytes::from_static(b"{\"id\":7}")).await;
    app.clock.advance(10 * MOMENT);
    assert_eq!(app.get(&path()).await.status, 200);
    app.clock.advance(10 * MOMENT);
    app.cache.put(key, Bytes::from_static(b"{\"id\":7}")).await;
    app.store.fail(true);
    assert_eq!(app.get(&path()).await.status, 503);
}

#[tokio::test]
async fn only_one_waits_for_a_store_that_hangs() {
    let app = TestGateway::with(|it| it.server.request_timeout_seconds = 2);
    app.keep(running(3));
    app.get(&path()).await;
    app.clock.advance(MOMENT);
    app.store.hang(true);
    let began = Instant::now();
    for _ in 0..5 {
        assert_eq!(app.get(&path()).await.header("cache-status"), MARK);
    }
    assert!(began.elapsed() >= Duration::from_secs(1), "{:?}", began.elapsed());
    assert!(began.elapsed() < Duration::from_millis(1900), "{:?}", began.elapsed());
}

#[tokio::test]
async fn the_transcript_is_left_out_of_a_result() {
    let app = TestGateway::with(|it| it.features.full_transcript = true);
    app.keep_succeeded(JobKind::Summary);
    let before = app.get(&path()).await;
    assert!(before.json()["result"]["transcript"].is_string());
    app.store.fail(true);
    let reply = app.get(&path()).await;
    assert_eq!(reply.status, 200);
    assert!(reply.json()["result"].get("transcript").is_none());
    assert_eq!(reply.header("cache-status"), MARK);
}

/// A request that waits, once the server has it.
async fn waiting(app: &Arc<TestGateway>) -> JoinSet<Reply> {
    let mut requests = JoinSet::new();
    let client = Arc::clone(app);
    requests.spawn(async move { client.get(&format!("{}?wait=30s", path())).await });
    // It watches before it looks.
    while app.store.finds() == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    // Until it has been answered.
    tokio::time::sleep(Duration::from_millis(100)).await;
    requests
}

#[tokio::test]
async fn a_wait_goes_on_to_its_end() {
    let app = Arc::new(TestGateway::with(|it| it.server.request_timeout_seconds = 2));
    app.keep(running(3));
    let began = Instant::now();
    let mut request = waiting(&app).await;
    app.clock.advance(MOMENT);
    app.store.fail(true);
    let reply = request.join_next().await.unwrap().unwrap();
    assert_eq!((reply.status, &reply.json()["status"]), (200, &"running".into()));
    check_marked(&reply, "1");
    assert!(began.elapsed() >= Duration::from_millis(1500), "{:?}", began.elapsed());
}

#[tokio::test]
async fn who_waits_is_told_of_the_end_once_the_store_is_back() {
    let app = Arc::new(TestGateway::spawn());
    let job = app.keep(running(3)).id;
    let mut request = waiting(&app).await;
    app.store.fail(true);
    app.events.publish(JobEvent::Changed { job, status: Status::Succeeded }).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    app.keep_succeeded(JobKind::Summary);
    app.store.fail(false);
    let reply = request.join_next().await.unwrap().unwrap();
    assert_eq!(reply.json()["status"], "succeeded");
    assert_eq!(reply.header("cache-status"), None);
}
