//! The documentation that is served.

use recap_core::ErrorCode;
use strum::VariantArray as _;

use crate::app::TestGateway;
use crate::spec::SPEC;

#[tokio::test]
async fn the_page_has_every_operation_every_message_every_type_and_every_code() {
    let app = TestGateway::spawn();
    let reply = app.get("/docs").await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), Some("text/html; charset=utf-8"));
    let mut ids = Vec::new();
    for root in ["paths", "webhooks"] {
        for item in SPEC[root].as_object().unwrap().values() {
            let operations = item.as_object().unwrap().values();
            ids.extend(operations.map(|it| it["operationId"].as_str().unwrap().to_owned()));
        }
    }
    let schemas = SPEC["components"]["schemas"].as_object().unwrap().keys();
    ids.extend(schemas.map(|it| format!("schema-{it}")));
    ids.extend(ErrorCode::VARIANTS.iter().map(|it| format!("error-{it}")));
    for id in ids {
        assert_eq!(reply.body.matches(&format!("id=\"{id}\"")).count(), 1, "{id}");
    }
}

#[tokio::test]
async fn every_link_of_the_page_leads_somewhere() {
    let app = TestGateway::spawn();
    let page = app.get("/docs").await.body;
    for link in page.split("href=\"").skip(1).map(|it| it.split('"').next().unwrap()) {
        match link.strip_prefix('#') {
            Some(id) => assert!(page.contains(&format!("id=\"{id}\"")), "{link}"),
            None => assert_eq!(app.get(&format!("/{link}")).await.status, 200, "{link}"),
        }
    }
}

#[tokio::test]
async fn the_page_runs_nothing_and_loads_nothing_of_others() {
    let app = TestGateway::spawn();
    let reply = app.get("/docs").await;
    let policy = reply.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'self';"), "{policy}");
    for evil in ["<script", "javascript:", "style=", "src=", "onload", "http-equiv"] {
        assert!(!reply.body.contains(evil), "{evil}");
    }
    let style = app.get("/docs/style.css").await;
    assert!(!style.body.contains("url(") && !style.body.contains("@import"));
    assert!(style.body.contains("prefers-color-scheme: dark"));
}

#[tokio::test]
async fn what_is_known_is_not_sent_again() {
    let app = TestGateway::spawn();
    for path in ["/docs", "/docs/style.css", "/openapi.json"] {
        let reply = app.get(path).await;
        let etag = reply.header("etag").unwrap();
        let again = app.send("GET", path, &[("if-none-match", etag)], b"").await;
        assert_eq!((again.status, again.body.as_str()), (304, ""), "{path}");
        let packed = app.send("GET", path, &[("accept-encoding", "gzip")], b"").await;
        assert_eq!(packed.header("content-encoding"), Some("gzip"), "{path}");
        let length = |it: &crate::client::Reply| -> usize {
            it.header("content-length").unwrap().parse().unwrap()
        };
        assert!(length(&packed) * 2 < length(&reply), "{path}");
        assert!(length(&packed) < 100_000, "{path} has {} bytes", length(&packed));
    }
}

#[tokio::test]
async fn the_type_of_a_problem_leads_to_its_meaning() {
    let app = TestGateway::spawn();
    let problem = app.get("/v1/jobs/nonsense").await.json();
    let reply = app.get(problem["type"].as_str().unwrap()).await;
    assert_eq!(reply.status, 303);
    assert_eq!(reply.header("location"), Some("/docs#error-job_not_found"));
    assert_eq!(app.get("/errors/nonsense").await.json()["code"], "not_found");
}
