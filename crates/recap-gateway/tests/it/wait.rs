//! Waiting for a job to end.

use std::sync::Arc;
use std::time::{Duration, Instant};

use recap_core::ports::{Events, JobEvent};
use recap_core::{Job, JobKind, Status};
use recap_testkit::samples;
use tokio::task::JoinSet;

use crate::app::{JOB, TestGateway};
use crate::client::Reply;

fn path() -> String {
    format!("/v1/jobs/{JOB}?wait=30s")
}

/// A request that waits, once the server has it.
async fn waiting(app: &Arc<TestGateway>) -> JoinSet<Reply> {
    let mut requests = JoinSet::new();
    let client = Arc::clone(app);
    requests.spawn(async move { client.get(&path()).await });
    // It watches before it looks.
    while app.store.finds() == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    requests
}

async fn end(app: &TestGateway, mut job: Job) {
    job.status = Status::Succeeded;
    let event = JobEvent::Changed { job: job.id, status: job.status };
    app.keep(job);
    app.events.publish(event).await;
}

#[tokio::test]
async fn the_end_of_a_job_is_told_at_once() {
    let app = Arc::new(TestGateway::spawn());
    let job = app.keep(samples::queued(JobKind::Summary));
    let began = Instant::now();
    let mut request = waiting(&app).await;
    let other = samples::queued(JobKind::Summary).id;
    for (job, status) in [(job.id, Status::Running), (other, Status::Succeeded)] {
        app.events.publish(JobEvent::Changed { job, status }).await;
    }
    end(&app, job).await;
    let reply = request.join_next().await.unwrap().unwrap();
    assert_eq!(reply.json()["status"], "succeeded");
    assert_eq!(reply.header("retry-after"), None);
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn who_misses_events_looks_again() {
    let app = Arc::new(TestGateway::spawn());
    let job = app.keep(samples::queued(JobKind::Summary));
    let mut request = waiting(&app).await;
    let other = samples::queued(JobKind::Summary).id;
    end(&app, job).await;
    // More than the channel keeps, without a moment for anyone to listen.
    for _ in 0..64 {
        app.events.publish(JobEvent::CancelRequested { job: other }).await;
    }
    let reply = request.join_next().await.unwrap().unwrap();
    assert_eq!(reply.json()["status"], "succeeded");
}

#[tokio::test]
async fn the_wait_ends_with_its_time() {
    let app = TestGateway::with(|it| it.server.request_timeout_seconds = 1);
    app.keep(samples::queued(JobKind::Summary));
    let reply = app.get(&path()).await;
    assert_eq!((reply.status, &reply.json()["status"]), (200, &"queued".into()));
    assert_eq!(reply.header("retry-after"), Some("5"));
}

#[tokio::test]
async fn an_ended_job_is_not_waited_for() {
    let app = TestGateway::spawn();
    app.keep_succeeded(JobKind::Summary);
    let began = Instant::now();
    assert_eq!(app.get(&path()).await.json()["status"], "succeeded");
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn one_waiter_too_many_is_answered_at_once() {
    let app = TestGateway::with(|it| it.server.max_waiters = 0);
    app.keep(samples::queued(JobKind::Summary));
    let began = Instant::now();
    assert_eq!(app.get(&path()).await.json()["status"], "queued");
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn one_client_has_a_quarter_of_the_waits() {
    let app = Arc::new(TestGateway::with(|it| it.server.max_waiters = 4));
    let job = app.keep(samples::queued(JobKind::Summary));
    let began = Instant::now();
    let mut request = waiting(&app).await;
    assert_eq!(app.get(&path()).await.json()["status"], "queued");
    end(&app, job).await;
    let reply = request.join_next().await.unwrap().unwrap();
    assert_eq!(reply.json()["status"], "succeeded");
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_answers_those_who_wait_and_ends_the_server() {
    let mut app = Arc::new(TestGateway::spawn());
    app.keep(samples::queued(JobKind::Summary));
    let began = Instant::now();
    let mut request = waiting(&app).await;
    app.shutdown.cancel();
    let reply = request.join_next().await.unwrap().unwrap();
    assert_eq!((reply.status, &reply.json()["status"]), (200, &"queued".into()));
    let app = Arc::get_mut(&mut app).unwrap();
    app.server.join_next().await.unwrap().unwrap().unwrap();
    assert!(began.elapsed() < Duration::from_secs(10));
    assert!(tokio::net::TcpStream::connect(app.address).await.is_err());
}
