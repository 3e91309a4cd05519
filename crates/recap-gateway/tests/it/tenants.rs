//! What one caller has is not there for another.
//!
//! Every path of the API that names something is asked by somebody else. A path
//! that this does not know fails the test: say here what is behind it.

use std::time::Duration;

use recap_core::job::{BatchInput, Owner};
use recap_core::ports::{Replies as _, Webhooks as _};
use recap_core::webhook::{Delivery, DeliveryStatus, Endpoint};
use recap_core::{Job, JobKind};
use recap_testkit::samples;
use serde_json::{Value, json};

use crate::app::TestGateway;
use crate::keyed::{self, Keyed};
use crate::spec;

/// What one caller has of everything.
struct Having {
    job: Job,
    open: Job,
    batch: Job,
    endpoint: Endpoint,
    delivery: Delivery,
}

impl Having {
    async fn of(app: &TestGateway, owner: &Owner) -> Self {
        let theirs = |job: Job| Job { owner: owner.clone(), ..job };
        let job = theirs(samples::succeeded(JobKind::Summary));
        let mut batch = theirs(samples::queued(JobKind::Batch));
        batch.input.video_id = None;
        batch.input.batch =
            Some(BatchInput { kind: JobKind::Summary, playlist: None, max_items: 1 });
        let open = theirs(samples::queued(JobKind::Summary));
        for it in [&job, &batch, &open] {
            app.store.put(it.clone());
        }
        app.store.put_transcript_of(job.id, samples::transcript(Duration::from_secs(15)));
        let endpoint = samples::endpoint(owner.clone());
        app.store.insert_endpoint(&endpoint, 9).await.unwrap();
        let delivery = Delivery { status: DeliveryStatus::Failed, ..samples::delivery(&endpoint) };
        app.store.insert_delivery(&delivery).await.unwrap();
        Self { job, open, batch, endpoint, delivery }
    }

    /// Everything as it is.
    async fn state(&self, app: &TestGateway) -> String {
        let owner = &self.endpoint.owner;
        let jobs = [&self.job, &self.open, &self.batch].map(|it| app.store.job(it.id));
        let endpoint = app.store.find_endpoint(owner, self.endpoint.id).await.unwrap();
        let delivery = app.store.find_delivery(owner, self.delivery.id).await.unwrap();
        format!("{jobs:?}{endpoint:?}{delivery:?}{:?}", app.queue.pushes())
    }

    /// What `template` names, and what is answered to who may not know of it.
    fn behind(&self, template: &str) -> Vec<(String, &'static str)> {
        let fill = |id: &dyn ToString| template.replace("{id}", &id.to_string());
        let of_jobs = || {
            let all = [&self.job, &self.open, &self.batch];
            all.map(|it| (fill(&it.id), "job_not_found")).to_vec()
        };
        match template {
            it if it.starts_with("/v1/jobs/{id}") => of_jobs(),
            "/v1/batches/{id}" => vec![(fill(&self.batch.id), "batch_not_found")],
            it if it.starts_with("/v1/videos/{video_id}") => {
                let path = it.replace("{video_id}", samples::video_id().as_str());
                vec![(path, "video_not_found")]
            }
            it if it.starts_with("/v1/webhook-endpoints/{id}") => {
                vec![(fill(&self.endpoint.id), "endpoint_not_found")]
            }
            it if it.starts_with("/v1/webhook-deliveries/{id}") => {
                vec![(fill(&self.delivery.id), "delivery_not_found")]
            }
            // Nobody's own: only for those who run recap.
            "/v1/cache/{resource_type}/{id}" => {
                vec![("/v1/cache/summary/dQw4w9WgXcQ".to_owned(), "forbidden")]
            }
            "/v1/admin/keys/{id}" => {
                vec![("/v1/admin/keys/key_01JGFJJZ00000000000000000A".to_owned(), "forbidden")]
            }
            other => panic!("{other}: say in tests/it/tenants.rs what is behind it"),
        }
    }
}

/// Whether a path has an id in it that somebody may have.
fn names_something(template: &str) -> bool {
    template.contains('{') && template.starts_with("/v1/")
}

/// A body that is not refused for its form.
fn body_of(method: &str, template: &str) -> Option<Value> {
    match (method, template) {
        ("PATCH", "/v1/webhook-endpoints/{id}") => Some(json!({"disabled": true})),
        ("POST", "/v1/webhook-endpoints/{id}/recover") => {
            Some(json!({"since": "2025-01-01T00:00:00Z"}))
        }
        (method, template) => {
            let body = &spec::operation(method, template)["requestBody"];
            assert!(body.is_null(), "{method} {template}: say here what body it takes");
            None
        }
    }
}

async fn two(app: &TestGateway) -> (Keyed, Keyed) {
    (keyed::key(app).await, keyed::key(app).await)
}

#[tokio::test]
async fn what_one_has_is_not_there_for_another() {
    let app = TestGateway::spawn();
    let (ada, bob) = two(&app).await;
    let having = Having::of(&app, &ada.owner).await;
    let before = having.state(&app).await;
    let mut asked = 0;
    for (method, template) in spec::operations().filter(|(_, it)| names_something(it)) {
        let body = body_of(&method, &template);
        for (path, code) in having.behind(&template) {
            let reply = bob.send(&app, &method, &path, body.as_ref()).await;
            let status = if code == "forbidden" { 403 } else { 404 };
            let answer = (reply.status, reply.json()["code"].clone());
            assert_eq!(answer, (status, json!(code)), "{method} {path}");
            asked += 1;
        }
    }
    assert!(asked > 20, "{asked}");
    assert_eq!(having.state(&app).await, before, "somebody else changed it");
    // It is there for its owner, or the above would say nothing.
    let named = spec::operations().filter(|(method, it)| method == "GET" && names_something(it));
    for (_, template) in named {
        let (path, code) = having.behind(&template).remove(0);
        let method = if path.ends_with("/events") { "HEAD" } else { "GET" };
        let expected = if code == "forbidden" { 403 } else { 200 };
        assert_eq!(ada.send(&app, method, &path, None).await.status, expected, "{path}");
    }
}

#[tokio::test]
async fn lists_show_nothing_of_another() {
    let app = TestGateway::spawn();
    let (ada, bob) = two(&app).await;
    let having = Having::of(&app, &ada.owner).await;
    let lists = spec::operations().filter(|(method, it)| {
        method == "GET" && it.starts_with("/v1/") && !it.contains('{') && !it.contains("/admin/")
    });
    let mut seen = 0;
    for (_, path) in lists {
        let theirs = bob.get(&app, &path).await;
        assert_eq!(theirs.status, 200, "{path}");
        let Some(data) = theirs.json().get("data").cloned() else { continue };
        assert_eq!(data, json!([]), "{path}");
        let own = ada.get(&app, &path).await.json();
        assert!(!own["data"].as_array().unwrap().is_empty(), "{path}");
        seen += 1;
    }
    assert!(seen >= 3, "{seen}");
    // Nor what somebody else is sent, by naming it.
    let (endpoint, job) = (having.endpoint.id, having.delivery.job.unwrap());
    for query in [format!("endpoint={endpoint}"), format!("job_id={job}")] {
        let path = format!("/v1/webhook-deliveries?{query}");
        assert_eq!(bob.get(&app, &path).await.json()["data"], json!([]), "{path}");
    }
}

#[tokio::test]
async fn a_copy_is_not_there_for_another_either() {
    let app = TestGateway::spawn();
    let (ada, bob) = two(&app).await;
    let having = Having::of(&app, &ada.owner).await;
    let path = format!("/v1/jobs/{}", having.job.id);
    assert_eq!(bob.get(&app, "/v1/limits").await.status, 200);
    assert_eq!(ada.get(&app, &path).await.status, 200);
    app.store.fail(true);
    assert_eq!(ada.get(&app, &path).await.status, 200);
    assert_eq!(bob.get(&app, &path).await.status, 404);
}

#[tokio::test]
async fn answers_are_replayed_to_the_one_who_asked() {
    let app = TestGateway::spawn();
    let (ada, bob) = two(&app).await;
    let body = json!({"url": "dQw4w9WgXcQ"}).to_string();
    let mut ids = Vec::new();
    for caller in [&ada, &bob] {
        let headers =
            [("content-type", "application/json"), ("idempotency-key", "abc"), caller.proof()];
        let reply = app.send("POST", "/v1/summaries", &headers, body.as_bytes()).await;
        assert_eq!((reply.status, reply.header("idempotency-replayed")), (202, None));
        ids.push(reply.json()["id"].clone());
    }
    assert_ne!(ids[0], ids[1]);
    assert_eq!(app.store.forget_replies(samples::created_at(), 9).await.unwrap(), 0);
}
