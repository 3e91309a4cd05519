//! What does not fit into the queue follows, fairly.

use recap_core::job::{JobInput, Owner, Priority};
use recap_core::jobs::Reconciler;
use recap_core::{JobId, Status};
use recap_testkit::fakes::TestJobs;
use recap_testkit::samples;

/// Room for ten entries in a lane, four of them of one owner.
fn jobs() -> TestJobs {
    TestJobs::with(|cx| {
        cx.policy.entries_per_lane = 10;
        cx.policy.entries_per_client = 4;
    })
}

fn owner(name: &str) -> Owner {
    Owner::new(name)
}

async fn park(jobs: &TestJobs, name: &str, count: usize) -> Vec<JobId> {
    let mut parked = Vec::new();
    for _ in 0..count {
        parked.push(jobs.park(owner(name), samples::input()).await);
    }
    // Made in one millisecond, so not in order.
    parked.sort();
    parked
}

fn waiting(jobs: &TestJobs) -> Vec<JobId> {
    jobs.queue.waiting().into_iter().filter_map(|it| it.entry.payload.job()).collect()
}

#[tokio::test]
async fn each_owner_is_fed_its_share_oldest_first() {
    let jobs = jobs();
    let many = park(&jobs, "many", 50).await;
    let few = park(&jobs, "few", 2).await;
    jobs.reconcile().await;
    let mut fed = waiting(&jobs);
    fed.sort();
    let mut expected = [&many[..4], &few[..]].concat();
    expected.sort();
    assert_eq!(fed, expected);

    // Nothing has been taken, so there is no more room for them.
    jobs.reconcile().await;
    assert_eq!(waiting(&jobs).len(), 6);
}

#[tokio::test]
async fn a_full_lane_is_not_fed_and_the_next_owner_comes_first_then() {
    let jobs = jobs();
    for name in ["a", "b", "c"] {
        park(&jobs, name, 5).await;
    }
    let mut reconciler = Reconciler::new(std::sync::Arc::clone(&jobs.cx));
    reconciler.pass().await.unwrap();
    assert_eq!(waiting(&jobs).len(), 10, "4 of a, 4 of b, 2 of c");

    jobs.drain().await;
    reconciler.pass().await.unwrap();
    let owners: Vec<Owner> = waiting(&jobs).into_iter().map(|id| jobs.job(id).owner).collect();
    let count = |name: &str| owners.iter().filter(|it| **it == owner(name)).count();
    assert_eq!((count("a"), count("b"), count("c")), (1, 1, 3), "{owners:?}");
}

#[tokio::test]
async fn lanes_are_fed_each_for_itself() {
    let jobs = jobs();
    let bulk = JobInput { priority: Priority::Bulk, ..samples::input() };
    for _ in 0..5 {
        jobs.park(owner("many"), bulk.clone()).await;
    }
    park(&jobs, "many", 5).await;
    jobs.reconcile().await;
    assert_eq!(waiting(&jobs).len(), 8);
}

#[tokio::test]
async fn all_that_was_parked_is_done_in_the_end() {
    let jobs = jobs();
    let parked = park(&jobs, "many", 30).await;
    for _ in 0..8 {
        jobs.reconcile().await;
        jobs.drain().await;
    }
    assert!(parked.into_iter().all(|id| jobs.job(id).status == Status::Succeeded));
}
