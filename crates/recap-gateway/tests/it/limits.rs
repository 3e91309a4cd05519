//! How often a caller may do what.

use recap_core::key::Scope::{Read, Submit};
use recap_core::{Job, JobKind};
use recap_testkit::samples;
use serde_json::json;

use crate::app::{JOB, TestGateway, bearer};

const URL: &[u8] = br#"{"url":"dQw4w9WgXcQ"}"#;

#[tokio::test]
async fn an_answer_says_what_it_cost() {
    let app = TestGateway::spawn();
    let key = app.key(&[Read, Submit], |it| it.submits_per_day = Some(500)).await;
    let id = key.key.id;
    app.limits.allow(&format!("submit:{id}"), 8);
    app.limits.allow("global:submit", 1);
    let (name, value) = bearer(&key.text);
    let headers = [("content-type", "application/json"), (name, value.as_str())];
    let reply = app.send("POST", "/v1/summaries", &headers, URL).await;
    assert_eq!(reply.status, 202);
    let policy = "\"global\";q=60;w=60, \"submit\";q=10;w=60, \"daily\";q=500;w=86400";
    assert_eq!(reply.header("ratelimit-policy"), Some(policy));
    let left = "\"global\";r=0;t=60, \"submit\";r=7;t=60, \"daily\";r=500;t=0";
    assert_eq!(reply.header("ratelimit"), Some(left));
    // A request that is wrong costs as much: it has to be read.
    app.limits.allow("global:submit", 9);
    let reply = app.send("POST", "/v1/summaries", &headers, b"{}").await;
    assert_eq!(reply.status, 422);
    assert!(reply.header("ratelimit").unwrap().starts_with("\"global\";r=8;"), "{reply:?}");
}

#[tokio::test]
async fn too_much_is_refused_with_the_limit_and_the_wait() {
    let app = TestGateway::spawn();
    let key = app.key(&[Read, Submit], |it| it.submits_per_minute = Some(3)).await;
    app.limits.allow(&format!("submit:{}", key.key.id), 0);
    app.limits.allow("global:submit", 5);
    let (name, value) = bearer(&key.text);
    let headers = [("content-type", "application/json"), (name, value.as_str())];
    let reply = app.send("POST", "/v1/summaries", &headers, URL).await;
    assert_eq!((reply.status, &reply.json()["code"]), (429, &"rate_limited".into()));
    assert_eq!(reply.json()["violated-policies"], json!(["submit"]));
    assert_eq!(reply.header("retry-after"), Some("60"));
    let policy = "\"global\";q=60;w=60, \"submit\";q=3;w=60";
    assert_eq!(reply.header("ratelimit-policy"), Some(policy));
    // None was taken from the other one.
    assert_eq!(reply.header("ratelimit"), Some("\"global\";r=5;t=60, \"submit\";r=0;t=60"));
    assert!(app.queue.pushes().is_empty());
    // Looking is another budget.
    assert_eq!(app.send_as(&key.text, "GET", "/v1/jobs").await.status, 200);
}

#[tokio::test]
async fn looks_are_counted_by_the_process_itself() {
    let app = TestGateway::with(|it| it.limits.reads_per_minute = 3);
    let key = app.key(&[Read], |_| {}).await;
    let other = app.key(&[Read], |_| {}).await;
    app.keep(Job { owner: key.key.owner.clone(), ..samples::queued(JobKind::Summary) });
    let path = format!("/v1/jobs/{JOB}");
    for left in [2, 1, 0] {
        let reply = app.send_as(&key.text, "GET", &path).await;
        assert_eq!(reply.status, 200);
        assert_eq!(reply.header("ratelimit-policy"), Some("\"read\";q=3;w=60"));
        let level = reply.header("ratelimit").unwrap();
        assert!(level.starts_with(&format!("\"read\";r={left};t=")), "{level}");
    }
    let reply = app.send_as(&key.text, "GET", &path).await;
    assert_eq!(reply.status, 429);
    let wait: u64 = reply.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=20).contains(&wait), "{wait}");
    assert_eq!(app.send_as(&other.text, "GET", &path).await.status, 404);
    assert_eq!(app.send_as(&key.text, "GET", "/v1/limits").await.status, 200);
}

#[tokio::test]
async fn what_has_no_limit_says_nothing() {
    let app = TestGateway::with(|it| it.limits.lists_per_minute = 0);
    let reply = app.get("/v1/jobs").await;
    assert_eq!((reply.status, reply.header("ratelimit")), (200, None));
    assert_eq!(app.get("/health/live").await.header("ratelimit"), None);
}

#[tokio::test]
async fn a_key_has_the_budget_whatever_address_it_claims() {
    let app = TestGateway::spawn();
    let key = app.key(&[Read], |_| {}).await;
    app.limits.allow(&format!("list:{}", key.key.id), 1);
    let (name, value) = crate::app::bearer(&key.text);
    for (forwarded, status) in [("192.0.2.1", 200), ("192.0.2.2", 429), ("192.0.2.3", 429)] {
        let headers = [(name, value.as_str()), ("x-forwarded-for", forwarded)];
        assert_eq!(app.send("GET", "/v1/jobs", &headers, b"").await.status, status, "{forwarded}");
    }
}

#[tokio::test]
async fn an_address_is_that_which_our_proxy_saw() {
    let app = TestGateway::with(|it| {
        it.server.trusted_proxies = 1;
        it.limits.failed_logins_per_minute = 1;
    });
    app.key(&[Read], |_| {}).await;
    let guess = async |forwarded: &str| {
        let headers = [("x-forwarded-for", forwarded), ("authorization", "Bearer guess")];
        app.send("GET", "/v1/jobs", &headers, b"").await.status
    };
    assert_eq!(guess("192.0.2.1").await, 401);
    // Whatever it writes in front, the proxy adds where it comes from.
    assert_eq!(guess("203.0.113.1, 192.0.2.1").await, 429);
    assert_eq!(guess("203.0.113.2, 192.0.2.1").await, 429);
    assert_eq!(guess("192.0.2.1, 192.0.2.2").await, 401);
    // A whole network counts as one.
    assert_eq!(guess("2001:db8:1:2::1").await, 401);
    assert_eq!(guess("2001:db8:1:2:ffff::2").await, 429);
    assert_eq!(guess("2001:db8:1:3::1").await, 401);
}

#[tokio::test]
async fn the_limits_can_be_looked_at() {
    let app = TestGateway::spawn();
    let key = app.key(&[Read], |it| it.submits_per_minute = Some(5)).await;
    app.keep(Job { owner: key.key.owner.clone(), ..samples::queued(JobKind::Summary) });
    app.limits.allow(&format!("submit:{}", key.key.id), 2);
    let reply = app.send_as(&key.text, "GET", "/v1/limits").await;
    assert_eq!((reply.status, reply.header("ratelimit")), (200, None));
    insta::assert_json_snapshot!("limits", reply.json());
}
