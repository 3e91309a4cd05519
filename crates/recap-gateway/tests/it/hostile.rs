//! Clients that mean harm, or know no better: a clear answer, at no cost.

use std::time::{Duration, Instant};

use recap_core::JobKind;
use recap_testkit::samples;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::app::{JOB, TestGateway};

const JSON: [(&str, &str); 1] = [("content-type", "application/json")];

#[tokio::test]
async fn ten_megabytes_are_refused_by_their_announcement() {
    let app = TestGateway::spawn();
    let body = vec![b'x'; 10 << 20];
    let reply = app.send("POST", "/v1/summaries", &JSON, &body).await;
    assert_eq!((reply.status, &reply.json()["code"]), (413, &"payload_too_large".into()));
}

#[tokio::test]
async fn an_endless_body_is_cut_off() {
    let app = TestGateway::with(|it| it.server.max_transcript_bytes = 100 << 10);
    let head = "POST /v1/summaries HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
                transfer-encoding: chunked\r\n\r\n";
    let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
    let reply =
        crate::client::exchange(app.address, (head.to_owned() + &chunk.repeat(100)).as_bytes())
            .await;
    assert_eq!((reply.status, &reply.json()["code"]), (413, &"payload_too_large".into()));
}

#[tokio::test]
async fn deep_json_is_not_followed() {
    let app = TestGateway::with(|it| it.server.max_body_bytes = 1 << 20);
    let deep = "[".repeat(100_000);
    let closed = format!("{deep}{}", "]".repeat(100_000));
    for (body, status) in [
        (deep.clone(), 400),
        (closed.clone(), 422),
        (format!(r#"{{"url":{deep}"#), 422),
        (format!(r#"{{"url":{closed}}}"#), 422),
        (format!(r#"{{"nope":{deep}"#), 422),
        ("{\"a\":".repeat(100_000), 422),
        (format!(r#"{{"url":"dQw4w9WgXcQ","metadata":{closed}}}"#), 422),
        (format!(r#"{{"url":"dQw4w9WgXcQ","metadata":{{"a":{closed}}}}}"#), 422),
    ] {
        let reply = app.post_text("/v1/summaries", &body).await;
        assert_eq!(reply.status, status, "{reply:?}");
        assert!(reply.body.len() < 1000);
    }
}

#[tokio::test]
async fn bytes_that_are_not_text_are_refused() {
    let app = TestGateway::spawn();
    for body in [&b"\xff\xfe{}"[..], b"{\"url\":\"\xc3\x28\"}", b"\0\0\0\0"] {
        let reply = app.send("POST", "/v1/summaries", &JSON, body).await;
        assert_eq!((reply.status, &reply.json()["code"]), (400, &"invalid_json".into()));
    }
    // Half of a surrogate pair is no text either, however it is written.
    let reply = app.post_text("/v1/summaries", r#"{"url":"\ud800"}"#).await;
    assert_eq!(reply.status, 400);
}

#[tokio::test]
async fn a_long_answer_is_not_made_of_what_was_sent() {
    let app = TestGateway::spawn();
    let long = "x".repeat(9000);
    let body = format!(r#"{{"url":"dQw4w9WgXcQ","style":"{long}"}}"#);
    assert!(app.post_text("/v1/summaries", &body).await.body.len() < 1500);
    let body = format!(r#"{{"url":"dQw4w9WgXcQ","{long}":1}}"#);
    assert!(app.post_text("/v1/summaries", &body).await.body.len() < 1500);
    assert!(app.get(&format!("/{long}")).await.body.len() < 1500);
    assert!(app.get(&format!("/v1/jobs?{long}=1")).await.body.len() < 1500);
}

#[tokio::test]
async fn a_client_that_is_slow_with_its_head_is_dropped() {
    let app = TestGateway::with(|it| it.server.client_timeout_seconds = 1);
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    stream.write_all(b"GET /health/live HT").await.unwrap();
    let began = Instant::now();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 408"));
}

#[tokio::test]
async fn a_client_that_is_slow_with_its_body_is_told_and_dropped() {
    let app = TestGateway::with(|it| it.server.client_timeout_seconds = 1);
    let head = "POST /v1/summaries HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
                content-length: 30\r\n\r\n{\"url\":";
    let began = Instant::now();
    let reply = crate::client::exchange(app.address, head.as_bytes()).await;
    assert_eq!((reply.status, &reply.json()["code"]), (408, &"request_timeout".into()));
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_client_that_reads_nothing_is_dropped() {
    let app = TestGateway::with(|it| it.server.write_timeout_seconds = 1);
    let job = app.keep(samples::succeeded(JobKind::Transcript));
    // 15 MB: more than the system takes for a client that takes nothing.
    app.store.put_transcript_of(job.id, samples::transcript(Duration::from_hours(300)));
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut stream = socket.connect(app.address).await.unwrap();
    let request = format!("GET /v1/jobs/{JOB}/transcript HTTP/1.1\r\nhost: localhost\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let began = Instant::now();
    // Only who writes learns that the other side is gone.
    while stream.write_all(b"\r\n").await.is_ok() {
        assert!(began.elapsed() < Duration::from_secs(20), "it is still there");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(began.elapsed() >= Duration::from_millis(900), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused_by_its_size() {
    let app = TestGateway::spawn();
    let header = |index: usize| format!("x-{index}: 1\r\n");
    let many: String = (0..100).map(header).collect();
    let few: String = (0..80).map(header).collect();
    let large = format!("x-large: {}\r\n", "x".repeat(200_000));
    for (path, headers, status) in [
        ("/health/live", few.as_str(), 200),
        ("/health/live", many.as_str(), 431),
        ("/health/live", large.as_str(), 431),
        (&format!("/{}", "x".repeat(60_000)), "", 404),
        (&format!("/{}", "x".repeat(70_000)), "", 400),
        ("/v1/jobs/%ff%fe", "", 404),
        ("/v1/jobs/\u{fc}\u{1F600}", "", 400),
        ("nowhere", "", 404),
        ("/a b", "", 400),
    ] {
        let head =
            format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}\r\n");
        let reply = crate::client::exchange(app.address, head.as_bytes()).await;
        assert_eq!(reply.status, status, "{path:.40} {headers:.40}");
        assert!(reply.body.len() < 1500);
    }
}
