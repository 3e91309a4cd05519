//! Clients that mean harm, or know no better: a clear answer, at no cost.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::app::TestGateway;

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
    let app = TestGateway::spawn();
    let head = "POST /v1/summaries HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n\
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
    let head = "POST /v1/summaries HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n\
                content-length: 30\r\n\r\n{\"url\":";
    let began = Instant::now();
    let reply = crate::client::exchange(app.address, head.as_bytes()).await;
    assert_eq!((reply.status, &reply.json()["code"]), (408, &"request_timeout".into()));
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
}
