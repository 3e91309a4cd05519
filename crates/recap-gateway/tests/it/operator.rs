//! What those who run recap see and say.

use std::time::Duration;

use bytes::Bytes;
use recap_core::job::Owner;
use recap_core::ports::{
    Cache as _, CacheKey, Control, Events as _, Flags, JobEvent, Resource, Store as _,
};
use recap_core::{ErrorCode, Job, JobKind, Status};
use recap_testkit::samples;
use serde_json::{Value, json};

use crate::app::{JOB, TestGateway};
use crate::client::Reply;

async fn post(app: &TestGateway, what: &str) -> Reply {
    app.send("POST", &format!("/v1/admin/{what}"), &[], b"").await
}

async fn put_flags(app: &TestGateway, body: &Value) -> Reply {
    let headers = [("content-type", "application/json")];
    app.send("PUT", "/v1/admin/flags", &headers, body.to_string().as_bytes()).await
}

#[tokio::test]
async fn workers_are_paused_resumed_and_drained() {
    let app = TestGateway::spawn();
    app.keep(samples::queued(JobKind::Summary));
    let shown = |paused: bool, drained: Value| json!({"paused": paused, "drain_asked_at": drained, "open_jobs": 1});
    assert_eq!(app.get("/v1/admin/control").await.json(), shown(false, json!(null)));
    let now = json!(app.clock.now());
    for (what, expected) in [
        ("pause", shown(true, json!(null))),
        ("drain", shown(true, now.clone())),
        ("resume", shown(false, now.clone())),
    ] {
        let reply = post(&app, what).await;
        assert_eq!((reply.status, reply.json()), (200, expected.clone()), "{what}");
        assert_eq!(app.get("/v1/admin/control").await.json(), expected);
    }
    assert_eq!(app.events.published(), vec![JobEvent::ControlChanged; 3]);
    let control = app.store.control().await.unwrap();
    assert_eq!((control.paused, json!(control.drain_asked_at)), (false, now));
}

#[tokio::test]
async fn features_are_switched_while_running() {
    let app = TestGateway::with(|it| it.features.video_preview = true);
    app.keep_succeeded(JobKind::Summary);
    let job = format!("/v1/jobs/{JOB}");
    let show = async || {
        let job = app.get(&job).await.json();
        (job["result"]["transcript"].is_string(), job["video"]["thumbnail"].is_string())
    };
    assert_eq!(show().await, (false, true));
    let reply = put_flags(&app, &json!({"full_transcript": true, "video_preview": false})).await;
    let (yes, no, unset) = (json!(true), json!(false), json!(null));
    let changed =
        json!({"full_transcript": yes, "advanced_summarization": unset, "video_preview": no});
    let in_force =
        json!({"full_transcript": yes, "advanced_summarization": no, "video_preview": no});
    let expected = json!({"changed": changed, "in_force": in_force});
    assert_eq!((reply.status, reply.json()), (200, expected.clone()));
    assert_eq!(app.get("/v1/admin/flags").await.json(), expected);
    assert_eq!(show().await, (true, false));

    // Whatever else is wanted stays.
    post(&app, "pause").await;
    assert_eq!(put_flags(&app, &json!({})).await.status, 200);
    let control = app.store.control().await.unwrap();
    assert_eq!((control.paused, control.flags), (true, Flags::default()));
    assert_eq!(show().await, (false, true));
    assert_eq!(put_flags(&app, &json!({"turbo": true})).await.status, 422);
}

#[tokio::test]
async fn what_another_process_switches_is_heard_of() {
    let app = TestGateway::spawn();
    app.keep_succeeded(JobKind::Summary);
    let path = format!("/v1/jobs/{JOB}");
    assert!(app.get(&path).await.json()["video"].get("thumbnail").is_none());
    let flags = Flags { video_preview: Some(true), ..Flags::default() };
    app.store.set_control(&Control { flags, ..Control::default() }).await.unwrap();
    app.events.publish(JobEvent::ControlChanged).await;
    let began = std::time::Instant::now();
    while app.get(&path).await.json()["video"].get("thumbnail").is_none() {
        assert!(began.elapsed() < Duration::from_secs(5), "it was not heard of");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// A failed job of `owner`, created so many seconds after the first.
fn failed(app: &TestGateway, owner: &str, code: ErrorCode, seconds: u64) -> Job {
    let mut job = samples::queued(JobKind::Summary);
    job.created_at = samples::created_at() + Duration::from_secs(seconds);
    job.id = recap_core::JobId::derived(job.created_at, &[owner]);
    (job.owner, job.status) = (Owner::new(owner), Status::Failed);
    (job.error, job.completed_at) = (Some(code.into()), Some(job.created_at));
    app.store.put(job.clone());
    job
}

fn ids(list: &Value) -> Vec<String> {
    let data = list["data"].as_array().unwrap();
    data.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn everyones_jobs_are_listed() {
    let app = TestGateway::spawn();
    let (first, second) = (
        failed(&app, "ada", ErrorCode::BlockedIp, 1),
        failed(&app, "bob", ErrorCode::NoCaptions, 2),
    );
    for (query, expected) in [
        ("", vec![&second, &first]),
        ("?code=blocked_ip", vec![&first]),
        ("?owner=bob&status=failed", vec![&second]),
        ("?status=queued", vec![]),
        ("?created_after=2026-01-01T00:00:01Z", vec![&second]),
    ] {
        let page = app.get(&format!("/v1/admin/jobs{query}")).await.json();
        let expected: Vec<String> = expected.iter().map(|it| it.id.to_string()).collect();
        assert_eq!(ids(&page), expected, "{query}");
    }
    let page = app.get("/v1/admin/jobs?limit=1").await.json();
    assert_eq!((&page["data"][0]["owner"], &page["has_more"]), (&json!("bob"), &json!(true)));
    let cursor = page["next_cursor"].as_str().unwrap();
    let page = app.get(&format!("/v1/admin/jobs?limit=1&cursor={cursor}")).await.json();
    assert_eq!((&page["data"][0]["owner"], &page["next_cursor"]), (&json!("ada"), &json!(null)));
    assert_eq!(app.get("/v1/admin/jobs?code=none").await.status, 422);
}

#[tokio::test]
async fn failed_jobs_are_done_again_once() {
    let app = TestGateway::spawn();
    let olds: Vec<Job> =
        (0..3).map(|it| failed(&app, &format!("o{it}"), ErrorCode::BlockedIp, it)).collect();
    failed(&app, "other", ErrorCode::NoCaptions, 9);
    let again = async |body: Value| app.post("/v1/admin/replay", &body).await;
    let reply = again(json!({"code": "blocked_ip", "limit": 2})).await;
    assert_eq!((reply.status, &reply.json()["replayed"]), (200, &json!(2)), "{reply:?}");
    let cursor = reply.json()["next_cursor"].clone();
    let rest = again(json!({"code": "blocked_ip", "limit": 2, "cursor": cursor})).await.json();
    assert_eq!(rest, json!({"replayed": 1, "next_cursor": null}));
    assert_eq!(again(json!({"code": "blocked_ip"})).await.json()["replayed"], 0);

    let new = app.get("/v1/admin/jobs?status=queued").await.json();
    let mut of: Vec<&str> =
        new["data"].as_array().unwrap().iter().map(|it| it["retry_of"].as_str().unwrap()).collect();
    of.sort_unstable();
    let mut expected: Vec<String> = olds.iter().map(|it| it.id.to_string()).collect();
    expected.sort_unstable();
    assert_eq!(of, expected);
    let pair = (new["data"][0]["owner"].clone(), new["data"][0]["retry_of"].clone());
    assert!(olds.iter().any(|it| pair == (json!(it.owner), json!(it.id))), "{pair:?}");
    assert!(app.queue.pushes().is_empty(), "they wait behind others");

    for (body, pointer) in [
        (json!({}), "/code"),
        (json!({"code": "no such code"}), "/code"),
        (json!({"code": "blocked_ip", "limit": 101}), "/limit"),
        (json!({"code": "blocked_ip", "limit": 0}), "/limit"),
        (json!({"code": "blocked_ip", "cursor": "x"}), "/cursor"),
    ] {
        let reply = again(body).await;
        assert_eq!((reply.status, &reply.json()["errors"][0]["pointer"]), (422, &json!(pointer)));
    }
}

#[tokio::test]
async fn the_settings_have_no_secrets() {
    let app = TestGateway::with(|it| {
        it.gemini.api_key = recap_config::Secret::new("hush");
        it.limits.open_jobs = 77;
    });
    let reply = app.get("/v1/admin/config").await;
    let settings = reply.json();
    assert_eq!(settings["limits"]["open_jobs"], 77);
    assert_eq!(
        (&settings["gemini"]["api_key"], &settings["redis"]["url"]),
        (&json!("***"), &json!(""))
    );
    assert!(!reply.body.contains("hush"));
}

#[tokio::test]
async fn the_cache_is_told_to_forget() {
    let app = TestGateway::spawn();
    let key = |resource, id: &str, version: &str| CacheKey {
        resource,
        id: id.to_owned(),
        version: version.to_owned(),
    };
    let kept = [
        key(Resource::Metadata, "dQw4w9WgXcQ", "1"),
        key(Resource::Summary, "9bZkp7q19f0", "1"),
        key(Resource::Summary, "dQw4w9WgXcQ", "1"),
        key(Resource::Summary, "dQw4w9WgXcQ", "2"),
    ];
    for key in &kept {
        app.cache.put(key, Bytes::from_static(b"kept")).await;
    }
    let delete = async |path: &str| app.send("DELETE", path, &[], b"").await;
    let reply = delete("/v1/cache/summary/dQw4w9WgXcQ").await;
    assert_eq!((reply.status, reply.body.as_str()), (204, ""));
    assert_eq!(app.cache.keys(), kept[..2]);
    assert_eq!(delete("/v1/cache/job/job_01JGFJJZ00000000000000000A").await.status, 204);
    for path in ["/v1/cache/pictures/dQw4w9WgXcQ", "/v1/cache/summary/a:b", "/v1/cache/summary/%2e"]
    {
        let reply = delete(path).await;
        assert_eq!((reply.status, &reply.json()["code"]), (422, &"validation_failed".into()));
    }
}

#[tokio::test]
async fn only_those_who_run_recap_may() {
    let app = TestGateway::spawn();
    let caller = crate::keyed::key(&app).await;
    for (method, path) in [
        ("GET", "/v1/admin/control"),
        ("POST", "/v1/admin/pause"),
        ("POST", "/v1/admin/resume"),
        ("POST", "/v1/admin/drain"),
        ("GET", "/v1/admin/flags"),
        ("PUT", "/v1/admin/flags"),
        ("GET", "/v1/admin/limits"),
        ("PUT", "/v1/admin/limits"),
        ("GET", "/v1/admin/jobs"),
        ("POST", "/v1/admin/replay"),
        ("GET", "/v1/admin/config"),
        ("DELETE", "/v1/cache/summary/dQw4w9WgXcQ"),
    ] {
        let reply = caller.send(&app, method, path, None).await;
        assert_eq!((reply.status, &reply.json()["code"]), (403, &"forbidden".into()), "{path}");
    }
    let admin = crate::keyed::admin(&app).await;
    assert_eq!(admin.get(&app, "/v1/admin/control").await.status, 200);
}
