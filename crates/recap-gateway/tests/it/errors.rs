//! Every way to ask wrongly, and what is said to it.

use serde_json::Value;

use crate::app::{JOB, TestGateway};
use crate::client::Reply;

#[track_caller]
fn check(reply: &Reply, status: u16, code: &str, pointer: Option<&str>) -> Value {
    assert_eq!(reply.status, status, "{reply:?}");
    assert_eq!(reply.header("content-type"), Some("application/problem+json"));
    assert_eq!(reply.header("x-request-id"), Some("test-1"));
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    let problem = reply.json();
    assert_eq!(problem["code"], code, "{problem}");
    assert_eq!(problem["status"], status);
    assert_eq!(problem["type"], format!("/errors/{code}"));
    assert_eq!(problem["request_id"], "test-1");
    let pointers: Vec<&Value> =
        problem["errors"].as_array().unwrap().iter().map(|it| &it["pointer"]).collect();
    assert_eq!(pointers, Vec::from_iter(pointer), "{problem}");
    problem
}

#[tokio::test]
async fn bodies_that_are_wrong() {
    let app = TestGateway::spawn();
    let valid = |pointer| (422, "validation_failed", Some(pointer));
    let broken = (400, "invalid_json", None);
    for (body, (status, code, pointer)) in [
        ("", broken),
        ("{", broken),
        ("{}x", broken),
        (r#"{"url":"dQw4w9WgXcQ"} x"#, broken),
        (r#"{"url":"dQw4w9WgXcQ",}"#, broken),
        ("url=dQw4w9WgXcQ", broken),
        ("[", broken),
        (r#"["dQw4w9WgXcQ"]"#, valid("")),
        ("null", valid("")),
        ("7", valid("")),
        ("{}", valid("/url")),
        (r#"{"url":7}"#, valid("/url")),
        (r#"{"url":null}"#, valid("/url")),
        (r#"{"url":["dQw4w9WgXcQ"]}"#, valid("/url")),
        (r#"{"url":"dQw4w9WgXcQ","url":"dQw4w9WgXcQ"}"#, valid("/url")),
        (r#"{"url":"dQw4w9WgXcQ","styl":"brief"}"#, valid("/styl")),
        (r#"{"url":"dQw4w9WgXcQ","a/b~c":1}"#, valid("/a~1b~0c")),
        (r#"{"url":"dQw4w9WgXcQ","style":"loud"}"#, valid("/style")),
        (r#"{"url":"dQw4w9WgXcQ","style":null}"#, valid("/style")),
        (r#"{"url":"dQw4w9WgXcQ","style":{"brief":null}}"#, valid("/style")),
        (r#"{"url":"dQw4w9WgXcQ","language":"en_US"}"#, valid("/language")),
        (r#"{"url":"dQw4w9WgXcQ","language":""}"#, valid("/language")),
        (r#"{"url":"dQw4w9WgXcQ","priority":1}"#, valid("/priority")),
        (r#"{"url":"dQw4w9WgXcQ","region":1}"#, valid("/region")),
        (r#"{"url":"dQw4w9WgXcQ","cache":"maybe"}"#, valid("/cache")),
        (r#"{"url":"dQw4w9WgXcQ","cache":null}"#, valid("/cache")),
        (r#"{"url":"dQw4w9WgXcQ","owner":"somebody"}"#, valid("/owner")),
        (r#"{"url":""}"#, (422, "invalid_url", Some("/url"))),
        (
            r#"{"url":"https://example.com/watch?v=dQw4w9WgXcQ"}"#,
            (422, "invalid_url", Some("/url")),
        ),
        (r#"{"url":"file:///etc/passwd"}"#, (422, "invalid_url", Some("/url"))),
    ] {
        let reply = app.post_text("/v1/summaries", body).await;
        let problem = check(&reply, status, code, pointer);
        assert!(!problem["detail"].as_str().unwrap().is_empty(), "{body}");
    }
    let reply = app.post_text("/v1/transcripts", r#"{"url":"dQw4w9WgXcQ","style":"brief"}"#).await;
    check(&reply, 422, "validation_failed", Some("/style"));
    assert!(app.queue.pushes().is_empty());
}

#[tokio::test]
async fn the_messages_say_what_is_allowed() {
    let app = TestGateway::spawn();
    let mut details = Vec::new();
    for body in [
        r#"{"url":"dQw4w9WgXcQ","style":"loud"}"#,
        r#"{"url":"dQw4w9WgXcQ","styl":"brief"}"#,
        r#"{"url":"dQw4w9WgXcQ","language":"klingon language"}"#,
        r#"{"url":7}"#,
        "{}",
        "{",
        r#"{"url":"https://example.com/"}"#,
    ] {
        let problem = app.post_text("/v1/summaries", body).await.json();
        details.push(problem["detail"].as_str().unwrap().to_owned());
    }
    insta::assert_snapshot!("messages", details.join("\n"));
}

#[tokio::test]
async fn paths_and_methods_that_are_wrong() {
    let app = TestGateway::spawn();
    let unknown = format!("/v1/jobs/{JOB}");
    let summary = format!("/v1/jobs/{JOB}/summary");
    let cancel = format!("/v1/jobs/{JOB}/cancel");
    for (method, path, status, code, allow) in [
        ("GET", "/", 404, "not_found", None),
        ("GET", "/v1/jobs/", 404, "not_found", None),
        ("GET", "/v2/jobs", 404, "not_found", None),
        ("DELETE", "/nowhere", 404, "not_found", None),
        ("GET", unknown.as_str(), 404, "job_not_found", None),
        ("GET", "/v1/jobs/nonsense", 404, "job_not_found", None),
        ("GET", "/v1/jobs/%00%ff", 404, "not_found", None),
        ("GET", summary.as_str(), 404, "job_not_found", None),
        ("POST", cancel.as_str(), 404, "job_not_found", None),
        ("GET", "/v1/summaries", 405, "method_not_allowed", Some("POST")),
        ("GET", cancel.as_str(), 405, "method_not_allowed", Some("POST")),
        ("PUT", "/v1/jobs", 405, "method_not_allowed", Some("GET, HEAD")),
        ("OPTIONS", "/v1/jobs", 405, "method_not_allowed", Some("GET, HEAD")),
        ("PATCH", unknown.as_str(), 405, "method_not_allowed", Some("GET, HEAD, DELETE")),
    ] {
        let reply = app.send(method, path, &[], b"").await;
        let problem = check(&reply, status, code, None);
        assert_eq!(problem["instance"], path);
        assert_eq!(reply.header("allow"), allow, "{method} {path}");
    }
}

#[tokio::test]
async fn bodies_that_are_not_json_by_their_type() {
    let app = TestGateway::spawn();
    for headers in [
        vec![],
        vec![("content-type", "text/plain")],
        vec![("content-type", "application/x-www-form-urlencoded")],
        vec![("content-type", "application/json5")],
    ] {
        let body = br#"{"url":"dQw4w9WgXcQ"}"#;
        let reply = app.send("POST", "/v1/summaries", &headers, body).await;
        check(&reply, 415, "unsupported_media_type", None);
    }
}

#[tokio::test]
async fn parameters_that_are_wrong() {
    let app = TestGateway::spawn();
    let job = format!("/v1/jobs/{JOB}");
    for (path, pointer) in [
        ("/v1/jobs?limit=0".to_owned(), "?limit"),
        ("/v1/jobs?limit=101".to_owned(), "?limit"),
        ("/v1/jobs?limit=-1".to_owned(), "?limit"),
        ("/v1/jobs?limit=1&limit=2".to_owned(), "?limit"),
        ("/v1/jobs?status=".to_owned(), "?status"),
        ("/v1/jobs?cursor=%ff".to_owned(), "?cursor"),
        ("/v1/jobs?created_after=2026-01-01".to_owned(), "?created_after"),
        (format!("{job}?wait=soon"), "?wait"),
        (format!("{job}?wiat=30s"), "?wiat"),
        (format!("{job}/summary?format=pdf"), "?format"),
        (format!("{job}/transcript?format=md"), "?format"),
    ] {
        check(&app.get(&path).await, 422, "validation_failed", Some(pointer));
    }
    let body = r#"{"url":"dQw4w9WgXcQ"}"#;
    let reply = app.post_text("/v1/summaries?style=brief", body).await;
    check(&reply, 422, "validation_failed", Some("?style"));
}

#[tokio::test]
async fn a_problem_is_complete() {
    let app = TestGateway::spawn();
    let problem = app.post_text("/v1/summaries", r#"{"url":"nonsense"}"#).await.json();
    insta::assert_json_snapshot!("problem", problem);
}

#[tokio::test]
async fn requests_that_are_wrong_in_other_ways() {
    let app = TestGateway::spawn();
    let json = [("content-type", "application/json")];
    let body = br#"{"url":"dQw4w9WgXcQ"}"#;
    let large = vec![b' '; 20_000];
    for (method, path, headers, body, status, code) in [
        ("GET", "/v1/jobs/%zz", &[][..], &b""[..], 404, "job_not_found"),
        ("GET", "/v1/jobs/%E0%80", &[], b"", 404, "not_found"),
        ("GET", "/v1/jobs/a%2Fb", &[], b"", 404, "job_not_found"),
        ("GET", "/v1/jobs/..%2f..%2fetc", &[], b"", 404, "job_not_found"),
        ("GET", "/v1//jobs", &[], b"", 404, "not_found"),
        ("GET", "/v1/jobs?%", &[], b"", 422, "validation_failed"),
        ("GET", "/v1/jobs?limit=%zz", &[], b"", 422, "validation_failed"),
        ("GET", "/v1/jobs?limit=%ff%fe", &[], b"", 422, "validation_failed"),
        ("GET", "/v1/jobs?&&&=&", &[], b"", 422, "validation_failed"),
        ("GET", "/v1/jobs?status=%00", &[], b"", 422, "validation_failed"),
        ("POST", "/v1/summaries", &json, b"\xff\xfe", 400, "invalid_json"),
        ("POST", "/v1/summaries", &json, &large, 413, "payload_too_large"),
        ("POST", "/v1/summaries?x=1", &json, body, 422, "validation_failed"),
        ("BREW", "/v1/summaries", &json, body, 405, "method_not_allowed"),
        ("TRACE", "/v1/jobs", &[], b"", 405, "method_not_allowed"),
        ("CONNECT", "/v1/jobs", &[], b"", 405, "method_not_allowed"),
    ] {
        let reply = app.send(method, path, headers, body).await;
        assert_eq!(
            (reply.status, &reply.json()["code"]),
            (status, &code.into()),
            "{method} {path}"
        );
        assert_eq!(reply.header("content-type"), Some("application/problem+json"));
        assert_eq!(reply.header("allow").is_some(), status == 405, "{method} {path}");
    }
}

#[tokio::test]
async fn what_asks_for_no_body_gets_none() {
    let app = TestGateway::spawn();
    for (path, status) in [("/v1/jobs/nonsense", 404), ("/nowhere", 404), ("/v1/summaries", 405)] {
        let reply = app.send("HEAD", path, &[], b"").await;
        assert_eq!((reply.status, reply.body.as_str()), (status, ""), "{path}");
        assert_eq!(reply.header("content-type"), Some("application/problem+json"));
        assert_eq!(reply.header("x-request-id"), Some("test-1"));
    }
}

#[tokio::test]
async fn who_accepts_other_forms_gets_the_one_there_is() {
    let app = TestGateway::spawn();
    for accept in ["text/html", "application/xml", "image/*;q=0", "nonsense", ""] {
        let reply = app.send("GET", "/v1/jobs", &[("accept", accept)], b"").await;
        assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/json")));
    }
}

#[tokio::test]
async fn who_asks_before_sending_is_told_to_go_on() {
    let app = TestGateway::spawn();
    let raw = "POST /v1/summaries HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
               content-type: application/json\r\nexpect: 100-continue\r\ncontent-length: 21\r\n\r\n\
               {\"url\":\"dQw4w9WgXcQ\"}";
    let reply = crate::client::exchange(app.address, raw.as_bytes()).await;
    assert_eq!(reply.status, 100);
    assert!(reply.body.starts_with("HTTP/1.1 202"), "{reply:?}");
}
