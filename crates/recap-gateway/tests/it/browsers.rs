//! What browsers are told, and what is sent smaller.

use std::io::Read as _;
use std::time::Duration;

use flate2::read::GzDecoder;
use recap_core::JobKind;
use recap_testkit::samples;

use crate::app::{JOB, TestGateway};
use crate::client::Reply;

#[tokio::test]
async fn every_answer_is_data_and_nothing_else() {
    let app = TestGateway::spawn();
    for path in ["/v1/jobs", "/v1/jobs/nonsense", "/nowhere", "/health/live", "/metrics"] {
        let reply = app.get(path).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(reply.headers(name), [value], "{path}");
        }
        assert_eq!(reply.header("strict-transport-security"), None);
        assert_eq!(reply.header("access-control-allow-origin"), None);
    }
}

#[tokio::test]
async fn a_server_that_is_reached_by_https_says_so() {
    let app = TestGateway::with(|it| it.server.public_url = "https://recap.example".into());
    let reply = app.get("/v1/jobs").await;
    assert_eq!(reply.header("strict-transport-security"), Some("max-age=31536000"));
    let app = TestGateway::with(|it| it.server.public_url = "http://recap.example".into());
    assert_eq!(app.get("/v1/jobs").await.header("strict-transport-security"), None);
}

/// What a page at `origin` is told, before and with its request.
async fn told(origins: &[&str], origin: &str) -> (Reply, Reply) {
    let origins: Vec<String> = origins.iter().map(|it| (*it).to_owned()).collect();
    let app = TestGateway::with(|it| it.server.cors_origins = origins);
    let asks = [("origin", origin), ("access-control-request-method", "POST")];
    let before = app.send("OPTIONS", "/v1/summaries", &asks, b"").await;
    (before, app.send("GET", "/v1/jobs", &[("origin", origin)], b"").await)
}

#[tokio::test]
async fn a_page_that_is_named_may_read_answers() {
    let page = "https://app.example";
    for (origins, allowed) in [(&[page, "https://b.example"][..], page), (&["*"], "*")] {
        let (before, with) = told(origins, page).await;
        assert_eq!((before.status, before.body.as_str()), (204, ""));
        assert_eq!(before.header("access-control-allow-origin"), Some(allowed));
        assert_eq!(before.header("access-control-max-age"), Some("7200"));
        let sent = before.header("access-control-allow-headers").unwrap();
        assert!(sent.contains("authorization") && sent.contains("idempotency-key"), "{sent}");
        assert!(before.header("access-control-allow-methods").unwrap().contains("DELETE"));
        assert_eq!(with.status, 200);
        assert_eq!(with.header("access-control-allow-origin"), Some(allowed));
        let read = with.header("access-control-expose-headers").unwrap();
        assert!(read.contains("ratelimit-policy") && read.contains("retry-after"), "{read}");
        assert_eq!(with.header("access-control-allow-credentials"), None);
        assert_eq!(with.header("vary"), (allowed == page).then_some("origin"));
    }
}

#[tokio::test]
async fn any_other_page_may_not() {
    for (origins, origin) in [
        (&[][..], "https://app.example"),
        (&["https://app.example"], "https://app.example.org"),
        (&["https://app.example"], "http://app.example"),
        (&["https://app.example"], "null"),
    ] {
        let (before, with) = told(origins, origin).await;
        assert_eq!(before.status, 405, "{origin}");
        for reply in [before, with] {
            assert_eq!(reply.header("access-control-allow-origin"), None, "{origin}");
        }
    }
}

#[tokio::test]
async fn a_problem_may_be_read_as_well() {
    let app = TestGateway::with(|it| it.server.cors_origins = vec!["https://a.example".into()]);
    let reply = app.send("GET", "/nowhere", &[("origin", "https://a.example")], b"").await;
    assert_eq!(reply.status, 404);
    assert_eq!(reply.header("access-control-allow-origin"), Some("https://a.example"));
}

/// A job with a long transcript.
fn long(app: &TestGateway) -> String {
    let job = app.keep(samples::succeeded(JobKind::Transcript));
    app.store.put_transcript_of(job.id, samples::transcript(Duration::from_hours(1)));
    format!("/v1/jobs/{JOB}/transcript")
}

#[tokio::test]
async fn a_long_text_is_sent_smaller_to_who_takes_it() {
    let app = TestGateway::spawn();
    let path = long(&app);
    let plain = app.get(&path).await;
    assert_eq!(plain.header("content-encoding"), None);
    assert_eq!(plain.header("vary"), Some("accept-encoding"));
    let gzip = [("accept-encoding", "br, gzip")];
    for format in ["json", "txt", "vtt"] {
        let path = format!("{path}?format={format}");
        let plain = app.get(&path).await;
        let reply = app.send("GET", &path, &gzip, b"").await;
        assert_eq!(reply.header("content-encoding"), Some("gzip"), "{format}");
        assert_eq!(reply.header("content-length"), Some(&*reply.bytes.len().to_string()));
        assert_eq!(reply.header("content-type"), plain.header("content-type"));
        let mut text = String::new();
        GzDecoder::new(&reply.bytes[..]).read_to_string(&mut text).unwrap();
        assert_eq!(text, plain.body);
        assert!(reply.bytes.len() * 3 < plain.bytes.len());
    }
    let reply = app.send("GET", &path, &[("accept-encoding", "gzip;q=0")], b"").await;
    assert_eq!(reply.header("content-encoding"), None);
    let reply = app.send("HEAD", &path, &gzip, b"").await;
    assert_eq!((reply.header("content-encoding"), reply.bytes.len()), (None, 0));
}

#[tokio::test]
async fn a_short_one_is_not_worth_it() {
    let app = TestGateway::spawn();
    app.keep_succeeded(JobKind::Transcript);
    let path = format!("/v1/jobs/{JOB}/transcript");
    let reply = app.send("GET", &path, &[("accept-encoding", "gzip")], b"").await;
    assert_eq!((reply.header("content-encoding"), reply.header("vary")), (None, None));
    let app = TestGateway::with(|it| it.server.compress_from_bytes = 256);
    app.keep_succeeded(JobKind::Transcript);
    let reply = app.send("GET", &path, &[("accept-encoding", "gzip")], b"").await;
    assert_eq!(reply.header("content-encoding"), Some("gzip"));
}
