//! API keys: who gets in, and who does not.

use std::time::Duration;

use recap_core::ErrorCode;
use recap_core::key::Scope::{Admin, Read, Submit};
use recap_core::ports::Keys as _;
use recap_core::{Job, JobKind};
use recap_testkit::samples;
use serde_json::json;

use crate::app::{JOB, TestGateway, bearer};
use crate::client::Reply;

#[track_caller]
fn check(reply: &Reply, status: u16, code: ErrorCode, challenge: &str) {
    assert_eq!((reply.status, &reply.json()["code"]), (status, &json!(code)), "{reply:?}");
    assert_eq!(reply.header("www-authenticate"), Some(challenge));
}

const NOBODY: &str = "Bearer realm=\"recap\"";
const WRONG: &str = "Bearer realm=\"recap\", error=\"invalid_token\"";

#[tokio::test]
async fn a_key_sees_the_jobs_of_its_owner_and_no_others() {
    let app = TestGateway::spawn();
    let ours = app.key(&[Read, Submit], |_| {}).await;
    let theirs = app.key(&[Read, Submit], |_| {}).await;
    let friend = app.key(&[Read], |it| it.owner = ours.key.owner.clone()).await;
    app.keep(Job { owner: ours.key.owner.clone(), ..samples::queued(JobKind::Summary) });
    let path = format!("/v1/jobs/{JOB}");
    for (key, status) in [(&ours, 200), (&friend, 200), (&theirs, 404)] {
        assert_eq!(app.send_as(&key.text, "GET", &path).await.status, status);
    }
    let listed = app.send_as(&theirs.text, "GET", "/v1/jobs").await.json();
    assert_eq!(listed["data"], json!([]));
    let cancel = format!("{path}/cancel");
    assert_eq!(app.send_as(&theirs.text, "POST", &cancel).await.status, 404);
    // There is no name for those who have none any more.
    check(&app.get(&path).await, 401, ErrorCode::Unauthorized, NOBODY);
}

#[tokio::test]
async fn a_wrong_key_is_told_nothing_about_what_is_wrong() {
    let app = TestGateway::spawn();
    let key = app.key(&[Read], |_| {}).await;
    let expired = app.key(&[Read], |it| it.expires_at = Some(samples::created_at())).await;
    // The same part that finds it, and another that proves it.
    let (found, proof) = key.text.rsplit_once('_').unwrap();
    let forged = format!("{found}_{}", proof.chars().rev().collect::<String>());
    let unknown = samples::api_key().text;
    let mut answers = Vec::new();
    for text in [&expired.text, &forged, &unknown, "rk_", "nonsense", "a.b.c", ""] {
        let reply = app.send_as(text, "GET", "/v1/jobs").await;
        check(&reply, 401, ErrorCode::Unauthorized, WRONG);
        answers.push(reply.body);
    }
    assert!(answers.iter().all(|it| *it == answers[0]), "{answers:?}");
    for headers in [
        vec![("authorization", "Basic abc")],
        vec![("authorization", "Bearer a"), ("authorization", "Bearer b")],
    ] {
        let reply = app.send("GET", "/v1/jobs", &headers, b"").await;
        check(&reply, 401, ErrorCode::Unauthorized, WRONG);
    }
    assert_eq!(app.send_as(&key.text, "GET", "/v1/jobs").await.status, 200);
}

#[tokio::test]
async fn a_key_ends_at_its_time_although_it_is_remembered() {
    let app = TestGateway::spawn();
    let end = app.clock.now() + Duration::from_secs(5);
    let key = app.key(&[Read], |it| it.expires_at = Some(end)).await;
    assert_eq!(app.send_as(&key.text, "GET", "/v1/jobs").await.status, 200);
    app.clock.set(end);
    let reply = app.send_as(&key.text, "GET", "/v1/jobs").await;
    check(&reply, 401, ErrorCode::Unauthorized, WRONG);
}

#[tokio::test]
async fn a_revoked_key_is_forgotten_with_the_news() {
    let app = TestGateway::spawn();
    let key = app.key(&[Read], |_| {}).await;
    assert_eq!(app.send_as(&key.text, "GET", "/v1/jobs").await.status, 200);
    app.store.revoke_key(key.key.id, app.clock.now()).await.unwrap();
    // Remembered: the store is not asked again that soon.
    assert_eq!(app.send_as(&key.text, "GET", "/v1/jobs").await.status, 200);
    app.keys_change().await;
    let mut reply = app.send_as(&key.text, "GET", "/v1/jobs").await;
    while reply.status == 200 {
        reply = app.send_as(&key.text, "GET", "/v1/jobs").await;
    }
    check(&reply, 401, ErrorCode::Unauthorized, WRONG);
}

#[tokio::test]
async fn each_scope_allows_its_own_and_nothing_else() {
    let app = TestGateway::spawn();
    let read = app.key(&[Read], |_| {}).await.text;
    let submit = app.key(&[Submit], |_| {}).await.text;
    let admin = app.key(&[Admin], |_| {}).await.text;
    let cancel = format!("/v1/jobs/{JOB}/cancel");
    for (key, method, path, needed) in [
        (&read, "POST", cancel.as_str(), "submit"),
        (&read, "GET", "/v1/admin/keys", "admin"),
        (&submit, "GET", "/v1/jobs", "read"),
        (&submit, "GET", "/v1/admin/keys", "admin"),
        (&admin, "GET", "/v1/jobs", "read"),
        (&admin, "POST", cancel.as_str(), "submit"),
    ] {
        let reply = app.send_as(key, method, path).await;
        let challenge = format!("{NOBODY}, error=\"insufficient_scope\", scope=\"{needed}\"");
        check(&reply, 403, ErrorCode::Forbidden, &challenge);
        assert!(reply.json()["detail"].as_str().unwrap().contains(&format!("`{needed}`")));
    }
    assert_eq!(app.send_as(&admin, "GET", "/v1/admin/keys").await.status, 200);
}

#[tokio::test]
async fn a_remembered_key_works_while_the_store_is_away() {
    let app = TestGateway::with(|it| it.auth.key_cache_seconds = 0);
    let key = app.key(&[Read], |_| {}).await;
    let other = app.key(&[Read], |_| {}).await;
    assert_eq!(app.send_as(&key.text, "GET", "/v1/jobs").await.status, 200);
    app.store.fail(true);
    // It got in; the list is what cannot be had.
    let reply = app.send_as(&key.text, "POST", &format!("/v1/jobs/{JOB}/cancel")).await;
    assert_eq!(reply.status, 403);
    let reply = app.send_as(&other.text, "GET", "/v1/jobs").await;
    assert_eq!((reply.status, &reply.json()["code"]), (503, &"unavailable".into()));
    let reply = app.send_as("nonsense", "GET", "/v1/jobs").await;
    assert_eq!(reply.status, 401);
}

#[tokio::test]
async fn who_guesses_is_not_listened_to_but_others_at_its_address_are() {
    let app = TestGateway::with(|it| it.limits.failed_logins_per_minute = 3);
    let known = app.key(&[Read], |_| {}).await.text;
    let late = app.key(&[Read], |_| {}).await.text;
    assert_eq!(app.send_as(&known, "GET", "/v1/jobs").await.status, 200);
    for _ in 0..3 {
        let guess = samples::api_key().text;
        assert_eq!(app.send_as(&guess, "GET", "/v1/jobs").await.status, 401);
    }
    for text in [&late, "nonsense"] {
        let reply = app.send_as(text, "GET", "/v1/jobs").await;
        assert_eq!((reply.status, &reply.json()["code"]), (429, &"rate_limited".into()));
        assert_eq!(reply.json()["violated-policies"], json!(["login"]));
        assert_eq!(reply.header("retry-after"), Some("20"));
    }
    // It is remembered, so it is no guess.
    assert_eq!(app.send_as(&known, "GET", "/v1/jobs").await.status, 200);
    assert_eq!(app.get("/v1/jobs").await.status, 401);
}

#[tokio::test]
async fn a_key_that_was_right_a_while_ago_is_no_guess() {
    let app = TestGateway::with(|it| {
        // It is looked up each time.
        it.auth.key_cache_seconds = 0;
        it.limits.failed_logins_per_minute = 3;
    });
    let end = app.clock.now() + Duration::from_secs(5);
    let known = app.key(&[Read], |it| it.expires_at = Some(end)).await.text;
    assert_eq!(app.send_as(&known, "GET", "/v1/jobs").await.status, 200);
    for expected in [401, 401, 401, 429] {
        let guess = samples::api_key().text;
        assert_eq!(app.send_as(&guess, "GET", "/v1/jobs").await.status, expected);
    }
    assert_eq!(app.send_as(&known, "GET", "/v1/jobs").await.status, 200);
    // One that has ended costs no lookup any more.
    app.clock.set(end);
    assert_eq!(app.send_as(&known, "GET", "/v1/jobs").await.status, 429);
}

#[tokio::test]
async fn the_use_of_a_key_is_noted() {
    let app = TestGateway::spawn();
    let key = app.key(&[Read], |_| {}).await;
    let used = async || app.store.find_key_by_id(key.key.id).await.unwrap().unwrap().last_used_at;
    app.send_as(&key.text, "GET", "/v1/jobs").await;
    while used().await != Some(app.clock.now()) {
        tokio::task::yield_now().await;
    }
    let first = app.clock.now();
    app.clock.advance(Duration::from_secs(299));
    app.send_as(&key.text, "GET", "/v1/jobs").await;
    app.clock.advance(Duration::from_secs(1));
    app.send_as(&key.text, "GET", "/v1/jobs").await;
    // The one in between was not worth noting.
    while used().await != Some(first + Duration::from_mins(5)) {
        assert_eq!(used().await, Some(first));
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn keys_are_made_listed_and_revoked() {
    let app = TestGateway::spawn();
    // Without keys everyone at this machine may make the first one.
    let wanted = json!({"name": "boss", "scopes": ["admin"], "owner": "local"});
    let reply = app.post("/v1/admin/keys", &wanted).await;
    assert_eq!(reply.status, 201);
    let boss = reply.json();
    let boss_text = boss["key"].as_str().unwrap().to_owned();
    assert!(boss["webhook_secret"].as_str().unwrap().starts_with("whsec_"));
    // From then on, at once.
    assert_eq!(app.get("/v1/admin/keys").await.status, 401);
    let (name, value) = bearer(&boss_text);
    let headers = [("content-type", "application/json"), (name, value.as_str())];
    let body = br#"{"name":"app","submits_per_day":100,"expires_at":"2026-03-01T00:00:00Z"}"#;
    let reply = app.send("POST", "/v1/admin/keys", &headers, body).await;
    let made = reply.json();
    let path = format!("/v1/admin/keys/{}", made["id"].as_str().unwrap());
    assert_eq!((reply.status, reply.header("location")), (201, Some(path.as_str())));
    assert_eq!(made["scopes"], json!(["read", "submit"]));
    assert_eq!(made["owner"], made["id"]);

    let listed = app.send_as(&boss_text, "GET", "/v1/admin/keys?limit=1").await;
    assert!(!listed.body.contains("whsec_") && !listed.body.contains(&boss_text));
    assert_eq!(listed.json()["has_more"], true);
    let shown = app.send_as(&boss_text, "GET", &path).await.json();
    assert_eq!(shown["submits_per_day"], 100);
    assert_eq!(shown.get("key"), None);
    let text = made["key"].as_str().unwrap();
    assert!(text.starts_with(shown["prefix"].as_str().unwrap()));
    assert_eq!(app.send_as(text, "GET", "/v1/jobs").await.status, 200);

    let revoked = app.send_as(&boss_text, "DELETE", &path).await;
    assert_eq!((revoked.status, &revoked.json()["revoked_at"]), (200, &json!(app.clock.now())));
    while app.send_as(text, "GET", "/v1/jobs").await.status != 401 {
        tokio::task::yield_now().await;
    }
    assert_eq!(app.send_as(&boss_text, "DELETE", &path).await.json(), revoked.json());
    let missing = "/v1/admin/keys/key_01JGFJJZ00000000000000000A";
    for method in ["GET", "DELETE"] {
        let reply = app.send_as(&boss_text, method, missing).await;
        assert_eq!((reply.status, &reply.json()["code"]), (404, &"key_not_found".into()));
    }
}

#[tokio::test]
async fn a_key_that_cannot_be_is_refused_with_what_is_wrong() {
    let app = TestGateway::spawn();
    for (body, pointer) in [
        (json!({}), "/name"),
        (json!({"name": ""}), "/name"),
        (json!({"name": "a\nb"}), "/name"),
        (json!({"name": "x".repeat(101)}), "/name"),
        (json!({"name": "a", "owner": ""}), "/owner"),
        (json!({"name": "a", "owner": "a b"}), "/owner"),
        (json!({"name": "a", "scopes": []}), "/scopes"),
        (json!({"name": "a", "scopes": ["read", "read"]}), "/scopes"),
        (json!({"name": "a", "scopes": ["root"]}), "/scopes/0"),
        (json!({"name": "a", "submits_per_minute": 0}), "/submits_per_minute"),
        (json!({"name": "a", "submits_per_day": 1_000_001}), "/submits_per_day"),
        (json!({"name": "a", "expires_at": "2026-01-01T00:00:00Z"}), "/expires_at"),
        (json!({"name": "a", "key": "rk_"}), "/key"),
    ] {
        let reply = app.post("/v1/admin/keys", &body).await;
        assert_eq!((reply.status, &reply.json()["code"]), (422, &"validation_failed".into()));
        assert_eq!(reply.json()["errors"][0]["pointer"], pointer, "{body}");
    }
    assert!(!app.store.has_keys().await.unwrap());
}
