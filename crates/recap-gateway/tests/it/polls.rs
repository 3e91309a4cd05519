//! Polling: what it costs, and that nobody is told too late.

use std::time::Duration;

use recap_core::ports::{Events, JobEvent, Store as _};
use recap_core::{Job, JobKind, Status};
use recap_testkit::samples;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::app::{JOB, TestGateway};

const PATIENCE: Duration = Duration::from_secs(20);

fn path() -> String {
    format!("/v1/jobs/{JOB}")
}

fn running(revision: u64) -> Job {
    let job = samples::queued(JobKind::Summary);
    Job { id: JOB.parse().unwrap(), status: Status::Running, revision, ..job }
}

/// Asks so often over one connection, a hundred at a time.
async fn poll(app: &TestGateway, times: usize, header: &str) -> String {
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    let request = format!("GET {} HTTP/1.1\r\nhost: localhost\r\n{header}\r\n", path());
    let mut all = String::new();
    for _ in 0..times / 100 {
        stream.write_all(request.repeat(100).as_bytes()).await.unwrap();
        all.clear();
        let mut buffer = vec![0; 1 << 16];
        // A head may come in two pieces.
        while all.matches("\r\n\r\n").count() < 100 {
            let read = stream.read(&mut buffer);
            let read = timeout(PATIENCE, read).await.expect("an answer in time").unwrap();
            assert!(read > 0, "the server hung up");
            all.push_str(&String::from_utf8_lossy(&buffer[..read]));
        }
    }
    all
}

#[tokio::test]
async fn ten_thousand_polls_cost_a_handful_of_questions() {
    let app = TestGateway::with(|it| it.limits.reads_per_minute = 0);
    app.keep(running(3));
    poll(&app, 5000, "").await;
    let last = poll(&app, 5000, "if-none-match: W/\"3\"\r\n").await;
    assert!(last.contains("HTTP/1.1 304"), "{last}");
    assert!(app.store.finds() <= 2, "{}", app.store.finds());
}

#[tokio::test]
async fn what_was_heard_of_is_seen() {
    let app = TestGateway::spawn();
    let job = app.keep(running(3)).id;
    app.get(&path()).await;
    app.keep(running(4));
    // Nobody said so: believed for a moment.
    assert_eq!(app.get(&path()).await.header("etag"), Some("W/\"3\""));
    app.events.publish(JobEvent::Changed { job, status: Status::Running }).await;
    assert_eq!(app.get(&path()).await.header("etag"), Some("W/\"4\""));
    app.keep(running(5));
    app.events.publish(JobEvent::Missed).await;
    assert_eq!(app.get(&path()).await.header("etag"), Some("W/\"5\""));
}

#[tokio::test]
async fn what_was_not_heard_of_is_seen_a_second_later() {
    let app = TestGateway::spawn();
    app.keep(running(3));
    app.get(&path()).await;
    app.keep(running(4));
    app.clock.advance(Duration::from_secs(1));
    assert_eq!(app.get(&path()).await.header("etag"), Some("W/\"4\""));
}

#[tokio::test]
async fn what_another_process_deletes_is_shown_for_a_moment_only() {
    let app = TestGateway::spawn();
    let job = app.keep_succeeded(JobKind::Summary);
    assert_eq!(app.get(&path()).await.status, 200);
    // Nothing is heard of it, and there is a copy.
    app.store.delete(job.id).await.unwrap();
    app.clock.advance(Duration::from_secs(9));
    assert_eq!(app.get(&path()).await.status, 200);
    // What can change something looks at the same copy, and renews nothing.
    let retry = format!("{}/retry", path());
    assert_eq!(app.send("POST", &retry, &[], b"").await.json()["code"], "job_finished");
    app.clock.advance(Duration::from_secs(1));
    assert_eq!(app.get(&path()).await.status, 404);
    assert_eq!(app.send("POST", &retry, &[], b"").await.status, 404);
}

#[tokio::test]
async fn after_missed_news_nobody_is_believed_to_be_there() {
    let changed = JobEvent::Changed { job: JOB.parse().unwrap(), status: Status::Succeeded };
    for event in [JobEvent::Missed, changed] {
        let app = TestGateway::spawn();
        let job = app.keep_succeeded(JobKind::Summary);
        assert_eq!(app.get(&path()).await.status, 200);
        app.store.delete(job.id).await.unwrap();
        app.events.publish(event).await;
        assert_eq!(app.get(&path()).await.status, 404);
    }
}

#[tokio::test]
async fn our_own_changes_are_seen_at_once() {
    let app = TestGateway::spawn();
    app.keep(samples::queued(JobKind::Summary));
    assert_eq!(app.get(&path()).await.json()["status"], "queued");
    app.send("POST", &format!("{}/cancel", path()), &[], b"").await;
    assert_eq!(app.get(&path()).await.json()["status"], "canceled");
}

#[tokio::test]
async fn another_s_job_is_not_there_however_well_it_is_remembered() {
    let app = TestGateway::spawn();
    let owner = recap_core::job::Owner::new("somebody");
    app.keep(Job { owner, ..running(3) });
    for _ in 0..2 {
        assert_eq!(app.get(&path()).await.json()["code"], "job_not_found");
    }
    assert_eq!(app.store.finds(), 1);
}
