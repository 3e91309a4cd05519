//! Following a job.

use std::sync::Arc;
use std::time::Duration;

use recap_core::job::{Owner, Stage};
use recap_core::key::Scope;
use recap_core::ports::{Events, JobEvent, Lease, Store};
use recap_core::summary::{KeyPoint, NotesStatus, SegmentNotes};
use recap_core::{Job, JobKind, Status};
use recap_testkit::samples;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::app::{JOB, TestGateway};

fn path() -> String {
    format!("/v1/jobs/{JOB}/events")
}

/// A client that reads events as they come.
struct Client {
    stream: TcpStream,
    unread: String,
}

/// One event as it was read.
#[derive(Debug, PartialEq)]
struct Event {
    id: Option<String>,
    name: String,
    data: Value,
}

impl Client {
    async fn open(app: &TestGateway, headers: &str) -> Self {
        let mut stream = TcpStream::connect(app.address).await.unwrap();
        // To this version the body is sent as it is, not in chunks.
        let request = format!("GET {} HTTP/1.0\r\nhost: localhost\r\n{headers}\r\n", path());
        stream.write_all(request.as_bytes()).await.unwrap();
        Self { stream, unread: String::new() }
    }

    /// With the head read, which says that all is well.
    async fn follow(app: &TestGateway, headers: &str) -> Self {
        let mut client = Self::open(app, headers).await;
        let head = client.block("\r\n\r\n").await.unwrap().to_lowercase();
        assert!(head.starts_with("http/1.0 200"), "{head}");
        assert!(head.contains("content-type: text/event-stream"), "{head}");
        assert!(head.contains("cache-control: no-store"), "{head}");
        assert!(head.contains("x-accel-buffering: no"), "{head}");
        assert_eq!(client.block("\n\n").await.as_deref(), Some("retry: 3000"));
        client
    }

    /// Up to `end`, or `None` if the stream ends first.
    async fn block(&mut self, end: &str) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.unread.split_once(end) {
                let block = block.to_owned();
                self.unread = rest.to_owned();
                return Some(block);
            }
            let mut buffer = vec![0; 1 << 16];
            let read = self.stream.read(&mut buffer).await.unwrap();
            if read == 0 {
                assert_eq!(self.unread, "");
                return None;
            }
            self.unread += std::str::from_utf8(&buffer[..read]).unwrap();
        }
    }

    async fn event(&mut self) -> Option<Event> {
        let block = self.block("\n\n").await?;
        let field = |name: &str| {
            let line = block.lines().find_map(|it| it.strip_prefix(name)?.strip_prefix(": "));
            line.map(ToOwned::to_owned)
        };
        let data = field("data").unwrap_or_else(|| panic!("no data in {block}"));
        Some(Event { id: field("id"), name: field("event").unwrap(), data: data.parse().unwrap() })
    }

    /// The names and ids of all that comes until the stream ends.
    async fn rest(&mut self) -> Vec<(String, String)> {
        let mut rest = Vec::new();
        while let Some(event) = self.event().await {
            rest.push((event.name, event.id.unwrap_or_default()));
        }
        rest
    }
}

/// A worker with the one job in hand.
struct Worker {
    job: Job,
    lease: Lease,
}

impl Worker {
    async fn begin(app: &TestGateway, segments: u32) -> Self {
        let id = app.keep(samples::queued(JobKind::Summary)).id;
        let claim = app.store.claim(id, app.clock.now(), Duration::from_mins(1)).await.unwrap();
        let claim = claim.unwrap();
        let mut worker = Self { job: claim.job, lease: claim.lease };
        worker.job.progress.stage = Stage::Summarizing;
        worker.job.progress.segments_total = segments;
        worker.save(app).await;
        worker
    }

    async fn save(&self, app: &TestGateway) {
        assert!(app.store.save(self.lease, &self.job).await.unwrap());
        let event = JobEvent::Changed { job: self.job.id, status: Status::Running };
        app.events.publish(event).await;
    }

    async fn note(&mut self, app: &TestGateway, index: u32) {
        assert!(app.store.put_notes(self.lease, &[notes(index)]).await.unwrap());
        self.job.progress.segments_done += 1;
        self.save(app).await;
    }

    async fn succeed(&mut self, app: &TestGateway) {
        let (progress, revision) = (self.job.progress, self.job.revision);
        let job = samples::succeeded(JobKind::Summary);
        self.job = Job { id: self.job.id, progress, revision, ..job };
        assert!(app.store.finish(self.lease, &self.job).await.unwrap());
        let event = JobEvent::Changed { job: self.job.id, status: Status::Succeeded };
        app.events.publish(event).await;
    }
}

fn notes(index: u32) -> SegmentNotes {
    let start = Duration::from_mins(u64::from(index) * 10);
    let point = KeyPoint { start: start + Duration::from_secs(5), text: "A point.".to_owned() };
    SegmentNotes {
        index,
        start,
        end: start + Duration::from_mins(10),
        title: format!("Part {index}"),
        summary: "What is said.".to_owned(),
        points: vec![point],
        status: NotesStatus::Done,
        model: "extractive".to_owned(),
    }
}

#[tokio::test]
async fn a_job_is_followed_to_its_end() {
    let app = TestGateway::spawn();
    let mut worker = Worker::begin(&app, 2).await;
    let mut client = Client::follow(&app, "").await;
    let first = client.event().await.unwrap();
    assert_eq!((first.name.as_str(), &first.data["status"]), ("progress", &"running".into()));
    let revision = first.data["revision"].as_u64().unwrap();
    assert_eq!(first.id, Some(format!("{revision}.0")));

    worker.note(&app, 0).await;
    let segment = client.event().await.unwrap();
    assert_eq!((segment.id, segment.name), (Some(format!("{revision}.1")), "segment".to_owned()));
    let point = json!({
        "start": 5,
        "text": "A point.",
        "url": "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=5s",
    });
    let expected = json!({
        "index": 0,
        "start": 0,
        "end": 600,
        "title": "Part 0",
        "summary": "What is said.",
        "points": [point],
        "blocked": false,
    });
    assert_eq!(segment.data, expected);
    let progress = client.event().await.unwrap();
    assert_eq!(progress.id, Some(format!("{}.1", progress.data["revision"])));
    assert_eq!(progress.data["progress"]["segments_done"], 1);

    let (job, text) = (worker.job.id, "so far".to_owned());
    app.events.publish(JobEvent::Text { job, segment: Some(1), text }).await;
    let text = client.event().await.unwrap();
    assert_eq!((text.id, text.name.as_str()), (None, "text"));
    assert_eq!(text.data, json!({"segment": 1, "text": "so far"}));

    worker.note(&app, 1).await;
    assert_eq!(client.event().await.unwrap().name, "segment");
    assert_eq!(client.event().await.unwrap().name, "progress");
    worker.succeed(&app).await;
    let end = client.event().await.unwrap();
    assert_eq!(end.name, "end");
    assert_eq!(end.data, app.get(&format!("/v1/jobs/{JOB}")).await.json());
    assert_eq!(client.event().await, None);
}

#[tokio::test]
async fn an_ended_job_is_told_from_the_start_or_from_where_the_client_was() {
    let app = TestGateway::spawn();
    let mut worker = Worker::begin(&app, 20).await;
    for index in 0..20 {
        worker.note(&app, index).await;
    }
    worker.succeed(&app).await;
    let end = app.store.job(worker.job.id).unwrap().revision;
    let whole = Client::follow(&app, "").await.rest().await;
    let expected: Vec<_> = (1..=20)
        .map(|it| ("segment".to_owned(), format!("0.{it}")))
        .chain([("end".to_owned(), format!("{end}.20"))])
        .collect();
    assert_eq!(whole, expected);

    let rest = Client::follow(&app, "last-event-id: 7.18\r\n").await.rest().await;
    let rest: Vec<&str> = rest.iter().map(|(_, id)| id.as_str()).collect();
    assert_eq!(rest, ["7.19", "7.20", &format!("{end}.20")]);

    for nonsense in ["", "x", "1", "-1.0", "99999999999999999999.1"] {
        let mut client = Client::follow(&app, &format!("last-event-id: {nonsense}\r\n")).await;
        assert_eq!(client.rest().await.len(), 21, "{nonsense}");
    }
    let last = format!("{end}.20");
    let reply = app.send("GET", &path(), &[("last-event-id", last.as_str())], b"").await;
    assert_eq!((reply.status, reply.body.as_str()), (204, ""));
}

#[tokio::test]
async fn segments_are_asked_for_once_for_all_who_follow() {
    let app = TestGateway::spawn();
    let mut worker = Worker::begin(&app, 3).await;
    let mut clients = Vec::new();
    for _ in 0..10 {
        let mut client = Client::follow(&app, "").await;
        assert_eq!(client.event().await.unwrap().name, "progress");
        clients.push(client);
    }
    let finds = app.store.finds();
    worker.note(&app, 0).await;
    for client in &mut clients {
        assert_eq!(client.event().await.unwrap().name, "segment");
        assert_eq!(client.event().await.unwrap().name, "progress");
    }
    assert_eq!(app.store.finds(), finds + 1);
}

#[tokio::test]
async fn segments_out_of_turn_wait_for_those_before_them() {
    let app = TestGateway::spawn();
    let mut worker = Worker::begin(&app, 3).await;
    let mut client = Client::follow(&app, "").await;
    assert_eq!(client.event().await.unwrap().name, "progress");
    worker.note(&app, 1).await;
    assert_eq!(client.event().await.unwrap().name, "progress");
    worker.note(&app, 0).await;
    for index in [0, 1] {
        assert_eq!(client.event().await.unwrap().data["index"], index);
    }
    assert_eq!(client.event().await.unwrap().name, "progress");
    // There will be none for the second one any more.
    app.store.put_notes(worker.lease, &[notes(3)]).await.unwrap();
    worker.job.progress.segments_done += 1;
    worker.succeed(&app).await;
    assert_eq!(client.event().await.unwrap().data["index"], 3);
    assert_eq!(client.event().await.unwrap().name, "end");
}

#[tokio::test]
async fn who_hears_nothing_is_told_that_the_stream_is_alive() {
    let app = TestGateway::with(|it| it.server.stream_heartbeat_seconds = 1);
    Worker::begin(&app, 1).await;
    let mut client = Client::follow(&app, "").await;
    client.event().await.unwrap();
    assert_eq!(client.block("\n\n").await.as_deref(), Some(": hb"));
    assert_eq!(client.block("\n\n").await.as_deref(), Some(": hb"));
}

#[tokio::test]
async fn a_stream_outlives_the_time_of_a_request() {
    let app = TestGateway::with(|it| it.server.request_timeout_seconds = 1);
    let mut worker = Worker::begin(&app, 1).await;
    let mut client = Client::follow(&app, "").await;
    client.event().await.unwrap();
    tokio::time::sleep(Duration::from_millis(1500)).await;
    worker.succeed(&app).await;
    assert_eq!(client.event().await.unwrap().name, "end");
}

#[tokio::test]
async fn one_stream_too_many_is_refused_and_a_closed_one_makes_room() {
    let app = TestGateway::with(|it| it.server.max_streams = 1);
    let mut worker = Worker::begin(&app, 1).await;
    let mut client = Client::follow(&app, "").await;
    client.event().await.unwrap();
    let reply = app.get(&path()).await;
    assert_eq!((reply.status, &reply.json()["code"]), (503, &"too_many_streams".into()));
    assert_eq!(reply.header("retry-after"), Some("10"));
    worker.succeed(&app).await;
    assert_eq!(client.rest().await.len(), 1);
    assert_eq!(app.get(&path()).await.status, 200);
}

#[tokio::test]
async fn one_client_has_a_quarter_of_the_streams() {
    let app = TestGateway::with(|it| it.server.max_streams = 8);
    let ours = app.key(&[Scope::Read], |it| it.owner = Owner::default()).await.text;
    let theirs = app.key(&[Scope::Read], |it| it.owner = Owner::default()).await.text;
    let mut worker = Worker::begin(&app, 1).await;
    let follow = async |key: &str| {
        let mut client = Client::follow(&app, &format!("authorization: Bearer {key}\r\n")).await;
        assert_eq!(client.event().await.unwrap().name, "progress");
        client
    };
    let mut clients = vec![follow(ours.as_str()).await, follow(ours.as_str()).await];
    let reply = app.send_as(&ours, "GET", &path()).await;
    assert_eq!((reply.status, &reply.json()["code"]), (503, &"too_many_streams".into()));
    clients.push(follow(theirs.as_str()).await);
    worker.succeed(&app).await;
    for client in &mut clients {
        assert_eq!(client.rest().await.len(), 1);
    }
    assert_eq!(app.send_as(&ours, "GET", &path()).await.status, 200);
}

#[tokio::test]
async fn a_job_that_is_deleted_is_gone() {
    let app = TestGateway::spawn();
    let worker = Worker::begin(&app, 1).await;
    let mut client = Client::follow(&app, "").await;
    client.event().await.unwrap();
    let job = worker.job.id;
    app.clock.set(worker.job.expires_at + Duration::from_mins(2));
    let failure = recap_core::ErrorCode::Expired.into();
    let now = app.clock.now();
    app.store.expire(now, &failure, now, 10).await.unwrap();
    app.store.forget(now, 10).await.unwrap();
    app.events.publish(JobEvent::Changed { job, status: Status::Expired }).await;
    let gone = client.event().await.unwrap();
    assert_eq!((gone.id, gone.name.as_str(), gone.data), (None, "gone", json!({})));
    assert_eq!(client.event().await, None);
}

#[tokio::test]
async fn keys_that_change_and_a_stop_end_every_stream() {
    let app = Arc::new(TestGateway::spawn());
    Worker::begin(&app, 1).await;
    let mut client = Client::follow(&app, "").await;
    client.event().await.unwrap();
    app.events.publish(JobEvent::KeysChanged).await;
    assert_eq!(client.event().await, None);
    let mut client = Client::follow(&app, "").await;
    client.event().await.unwrap();
    app.shutdown.cancel();
    assert_eq!(client.event().await, None);
}

#[tokio::test]
async fn who_reads_slowly_loses_text_but_not_the_end() {
    let app = TestGateway::spawn();
    let mut worker = Worker::begin(&app, 1).await;
    let mut client = Client::follow(&app, "").await;
    client.event().await.unwrap();
    let job = worker.job.id;
    for index in 0..500 {
        let text = format!("{index} {}", "x".repeat(20_000));
        app.events.publish(JobEvent::Text { job, segment: None, text }).await;
        tokio::task::yield_now().await;
    }
    worker.note(&app, 0).await;
    worker.succeed(&app).await;
    let names: Vec<String> = client.rest().await.into_iter().map(|(name, _)| name).collect();
    let texts = names.iter().filter(|it| *it == "text").count();
    assert!(texts < 500, "nothing was lost: {texts}");
    let last: Vec<&str> = names.iter().map(String::as_str).filter(|it| *it != "text").collect();
    assert!(matches!(last[..], ["segment", "end"] | ["segment", "progress", "end"]), "{last:?}");
}

#[tokio::test]
async fn no_job_no_stream_and_a_head_has_no_body() {
    let app = TestGateway::spawn();
    assert_eq!(app.get(&path()).await.json()["code"], "job_not_found");
    app.keep(samples::queued(JobKind::Summary));
    let reply = app.send("HEAD", &path(), &[], b"").await;
    assert_eq!((reply.status, reply.body.as_str()), (200, ""));
    assert_eq!(reply.header("content-type"), Some("text/event-stream"));
}
