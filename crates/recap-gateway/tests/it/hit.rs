//! Summaries that were made before.

use std::time::Duration;

use recap_core::ErrorCode;
use recap_core::job::Told;
use recap_core::jobs::JobPayload;
use recap_core::ports::{Cache as _, Resource, Store as _, Webhooks as _};
use recap_core::webhook::EventType;
use recap_testkit::fakes::TestJobs;
use recap_testkit::samples;
use serde_json::{Value, json};

use crate::app::{TestGateway, id_of};

/// A gateway whose cache has what a worker made of the sample video, a minute ago.
async fn warm() -> TestGateway {
    let (app, jobs) = (TestGateway::spawn(), TestJobs::new());
    jobs.submit(recap_core::JobKind::Summary).await;
    jobs.drain().await;
    for key in jobs.cache.keys() {
        if key.resource == Resource::Summary {
            app.cache.put(&key, jobs.cache.value(&key).unwrap()).await;
        }
    }
    app.clock.advance(Duration::from_mins(1));
    app
}

fn wanted() -> Value {
    json!({"url": samples::video_id().as_str()})
}

#[tokio::test]
async fn a_hit_is_a_job_that_has_ended() {
    let app = warm().await;
    let reply = app.post("/v1/summaries", &wanted()).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let job = reply.json();
    let id = id_of(&job);
    assert_eq!(reply.header("location"), Some(format!("/v1/jobs/{id}").as_str()));
    assert_eq!((reply.header("retry-after"), &job["status"]), (None, &json!("succeeded")));
    assert_eq!(job["cache"], json!({"hit": true, "level": "memory", "age_seconds": 60}));
    assert_eq!((&job["completed_at"], &job["started_at"]), (&json!(app.clock.now()), &json!(null)));
    assert_eq!(job["progress"]["percent"], 100);
    assert!(job["result"]["tldr"].is_string() && job["video"]["title"].is_string());

    // It is kept like any other.
    assert_eq!(app.get(&format!("/v1/jobs/{id}")).await.json(), job);
    assert_eq!(app.get(&format!("/v1/jobs/{id}/summary")).await.status, 200);
    assert_eq!(app.get(&format!("/v1/jobs/{id}/transcript")).await.status, 200);
    let kept = app.store.job(id).unwrap();
    assert_eq!(kept.expires_at, app.clock.now() + Duration::from_hours(72));
    assert_eq!(kept.told, Told::End);
    assert!(app.queue.pushes().is_empty());
}

#[tokio::test]
async fn what_differs_is_made() {
    let app = warm().await;
    for more in [
        json!({"language": "de"}),
        json!({"style": "brief"}),
        json!({"range": {"start": 5}}),
        json!({"cache": "refresh"}),
        json!({"cache": "bypass"}),
        json!({"url": "9bZkp7q19f0"}),
    ] {
        let mut body = wanted();
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        assert_eq!(app.post("/v1/summaries", &body).await.status, 202, "{more}");
    }
    assert_eq!(app.post("/v1/transcripts", &wanted()).await.status, 202);
}

#[tokio::test]
async fn without_a_cache_or_a_recipe_it_is_made() {
    let app = warm().await;
    app.cache.invalidate(Resource::Summary, "recipe").await;
    assert_eq!(app.post("/v1/summaries", &wanted()).await.status, 202);
    let app = warm().await;
    app.cache.leave(true);
    assert_eq!(app.post("/v1/summaries", &wanted()).await.status, 202);
}

#[tokio::test]
async fn a_hit_needs_no_room() {
    let app = warm().await;
    let full = TestGateway::with(|it| {
        it.limits.open_jobs = 1;
        it.limits.open_jobs_per_client = 1;
    });
    for key in app.cache.keys() {
        full.cache.put(&key, app.cache.value(&key).unwrap()).await;
    }
    full.post("/v1/summaries", &json!({"url": "9bZkp7q19f0"})).await;
    assert_eq!(full.post("/v1/summaries", &json!({"url": "9bZkp7q19f0"})).await.status, 429);
    assert_eq!(full.post("/v1/summaries", &wanted()).await.status, 200);
}

#[tokio::test]
async fn those_who_want_to_know_are_told() {
    let app = warm().await;
    let endpoint = samples::endpoint(recap_core::job::Owner::default());
    app.store.insert_endpoint(&endpoint, 1).await.unwrap();
    let id = id_of(&app.post("/v1/summaries", &wanted()).await.json());
    let [pushed] = &app.queue.pushes()[..] else { panic!("one message") };
    let JobPayload::Deliver { delivery } = pushed.entry.payload else { panic!("a message") };
    let message = app.store.find_delivery(&endpoint.owner, delivery).await.unwrap().unwrap();
    assert_eq!((message.event, message.job), (EventType::JobCompleted, Some(id)));
    assert_eq!(app.store.job(id).unwrap().told, Told::End);
}

#[tokio::test]
async fn the_same_transcript_is_a_hit_too() {
    let app = TestGateway::spawn();
    let body = json!({"transcript": {"text": "One.\nTwo.", "language": "en", "title": "Numbers"}});
    let jobs = TestJobs::new();
    let asked = id_of(&app.post("/v1/summaries", &body).await.json());
    let (job, transcript) =
        (app.store.job(asked).unwrap(), app.store.find_transcript(asked).await.unwrap().unwrap());
    jobs.store.insert_with_transcript(&job, &transcript, false).await.unwrap();
    let entry = recap_core::ports::Entry::new(&job, 0);
    recap_core::ports::Queue::push(&*jobs.queue, &[entry], Duration::ZERO).await.unwrap();
    jobs.drain().await;
    assert_eq!(jobs.job(asked).error.map(|it| it.code), None::<ErrorCode>);
    for key in jobs.cache.keys() {
        app.cache.put(&key, jobs.cache.value(&key).unwrap()).await;
    }
    let reply = app.post("/v1/summaries", &body).await;
    assert_eq!((reply.status, &reply.json()["video"]["title"]), (200, &json!("Numbers")));
    let mut other = body.clone();
    other["transcript"]["title"] = json!("Letters");
    assert_eq!(app.post("/v1/summaries", &other).await.status, 202);
}
