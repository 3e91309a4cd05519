//! Places in the queue, and waiting for one.

use recap_core::job::{Lane, Owner, Priority};
use recap_core::ports::Store;
use recap_core::{Job, JobKind};
use recap_testkit::samples;
use serde_json::json;

use crate::app::{TestGateway, id_of};

const LANE: Lane = Lane { priority: Priority::Interactive, region: None };

async fn submit(app: &TestGateway, priority: &str) -> Job {
    let body = json!({"url": "dQw4w9WgXcQ", "priority": priority});
    let reply = app.post("/v1/summaries", &body).await;
    assert_eq!(reply.status, 202);
    app.store.job(id_of(&reply.json())).unwrap()
}

async fn waiting(app: &TestGateway) -> u64 {
    app.store.count_waiting(&LANE, None, 100).await.unwrap()
}

fn jobs_of_another(app: &TestGateway, count: usize) {
    for _ in 0..count {
        let owner = Owner::new("address:192.0.2.7");
        app.store.put(Job { owner, ..samples::queued(JobKind::Summary) });
    }
}

#[tokio::test]
async fn who_has_many_entries_waits_outside_the_queue() {
    let app = TestGateway::with(|it| it.queue.entries_per_client = 2);
    jobs_of_another(&app, 5);
    for pushed in [1, 2, 2, 2] {
        submit(&app, "interactive").await;
        assert_eq!(app.queue.pushes().len(), pushed);
    }
    assert_eq!(waiting(&app).await, 5 + 2);
    assert_eq!(app.store.parked_lanes().await.unwrap(), [LANE]);
    // Another line, other places.
    let bulk = submit(&app, "bulk").await;
    assert_eq!(app.queue.pushes().last().unwrap().entry.lane, bulk.input.lane());
}

#[tokio::test]
async fn a_full_lane_takes_no_more_from_anyone() {
    let app = TestGateway::with(|it| it.queue.entries_per_lane = 3);
    jobs_of_another(&app, 2);
    submit(&app, "interactive").await;
    // Seen although the count is a moment old: our own entries are added to it.
    submit(&app, "interactive").await;
    assert_eq!(app.queue.pushes().len(), 1);
    assert_eq!(waiting(&app).await, 3);

    let owner = Owner::default();
    assert_eq!(app.store.next_parked(&LANE, None).await.unwrap(), Some(owner));
}

#[tokio::test]
async fn a_lane_that_has_emptied_takes_jobs_again() {
    let app = TestGateway::with(|it| it.queue.entries_per_lane = 1);
    let first = submit(&app, "interactive").await.id;
    submit(&app, "interactive").await;
    assert_eq!(app.queue.pushes().len(), 1);
    let cancel = format!("/v1/jobs/{first}/cancel");
    assert_eq!(app.send("POST", &cancel, &[], b"").await.status, 200);
    app.clock.advance(std::time::Duration::from_secs(1));
    submit(&app, "interactive").await;
    assert_eq!(app.queue.pushes().len(), 2);
}
