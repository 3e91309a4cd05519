//! Jobs that wait outside the queue until there is room in it.

use std::sync::Arc;
use std::time::Duration;

use recap_core::job::{Lane, Owner, Priority};
use recap_core::ports::{Cancel, Entry, Release, Store};
use recap_core::{Job, JobKind, Status};
use tokio::task::JoinSet;

use super::{LEASE, at, back, claimed, failure, ids, sample, stored};

const PATIENCE: Duration = Duration::from_secs(30);

pub(super) async fn all(fresh: &impl AsyncFn() -> Arc<dyn Store>) {
    a_parked_job_is_not_stale(&*fresh().await).await;
    a_parked_job_can_be_claimed(&*fresh().await).await;
    a_parked_job_ends_like_any_other(&*fresh().await).await;
    the_oldest_of_one_owner_are_unparked(&*fresh().await).await;
    what_was_unparked_waits_from_then_on(&*fresh().await).await;
    all_of_an_owner_s_jobs_are_unparked_once(fresh().await).await;
    lanes_and_owners_are_named_in_order(&*fresh().await).await;
    waiting_jobs_are_counted(&*fresh().await).await;
}

fn lane(priority: Priority, region: &str) -> Lane {
    let region = (!region.is_empty()).then(|| region.to_owned().try_into().unwrap());
    Lane { priority, region }
}

async fn put(store: &dyn Store, lane: &Lane, owner: &str, parked: bool) -> Job {
    let mut job = sample(JobKind::Summary);
    job.owner = Owner::new(owner);
    job.input.priority = lane.priority;
    job.input.region = lane.region.clone();
    store.insert(&job, parked).await.unwrap();
    job
}

async fn a_parked_job_is_not_stale(store: &dyn Store) {
    let parked = put(store, &Lane::default(), "ann", true).await;
    let queued = put(store, &Lane::default(), "ann", false).await;
    let stale = store.take_stale(at(500), PATIENCE, 10).await.unwrap();
    assert_eq!(ids(&stale), [queued.id]);
    assert_eq!(stored(store, &parked).await, parked, "a client cannot tell");
}

async fn a_parked_job_can_be_claimed(store: &dyn Store) {
    let job = put(store, &Lane::default(), "ann", true).await;
    let claim = claimed(store, &job, 5).await;
    assert!(store.parked_lanes().await.unwrap().is_empty());
    assert_eq!(ids(&store.take_stale(at(25), PATIENCE, 10).await.unwrap()), [job.id]);

    // It has had its turn: back in the queue it is not parked again.
    assert!(store.release(claim.lease, &back(&job), at(26)).await.unwrap());
    assert!(store.parked_lanes().await.unwrap().is_empty());
    assert_eq!(ids(&store.take_stale(at(57), PATIENCE, 10).await.unwrap()), [job.id]);
}

async fn a_parked_job_ends_like_any_other(store: &dyn Store) {
    let [canceled, expired] = [
        put(store, &Lane::default(), "ann", true).await,
        put(store, &Lane::default(), "b", true).await,
    ];
    let done = store.cancel(canceled.id, &failure(), at(3), at(1000)).await.unwrap();
    assert_eq!(done, Cancel::Canceled);
    let end = expired.expires_at;
    let ended = store.expire(end, &failure(), end + LEASE, 10).await.unwrap();
    assert_eq!(ended, [expired.id]);
    assert_eq!(stored(store, &expired).await.status, Status::Expired);

    assert!(store.parked_lanes().await.unwrap().is_empty());
    assert_eq!(store.next_parked(&Lane::default(), None).await.unwrap(), None);
    let unparked = store.unpark(&Lane::default(), &canceled.owner, 10, end).await.unwrap();
    assert!(unparked.is_empty());
}

async fn the_oldest_of_one_owner_are_unparked(store: &dyn Store) {
    let bulk = lane(Priority::Bulk, "");
    let mut expected = Vec::new();
    for _ in 0..5 {
        expected.push(put(store, &bulk, "ann", true).await);
        put(store, &bulk, "bob", true).await;
        put(store, &lane(Priority::Bulk, "eu"), "ann", true).await;
        put(store, &bulk, "ann", false).await;
    }
    expected.sort_by_key(|it| it.id);
    let ann = Owner::new("ann");
    for page in expected.chunks(2) {
        let unparked = store.unpark(&bulk, &ann, 2, at(10)).await.unwrap();
        let entries: Vec<Entry> = page.iter().map(|it| Entry::new(it, 0)).collect();
        assert_eq!(unparked, entries);
    }
    assert!(store.unpark(&bulk, &ann, 2, at(10)).await.unwrap().is_empty());
    assert_eq!(store.next_parked(&bulk, None).await.unwrap(), Some(Owner::new("bob")));
    assert_eq!(stored(store, &expected[0]).await, expected[0], "a client cannot tell");
}

async fn what_was_unparked_waits_from_then_on(store: &dyn Store) {
    let job = put(store, &Lane::default(), "ann", true).await;
    store.unpark(&Lane::default(), &job.owner, 1, at(100)).await.unwrap();
    assert!(store.take_stale(at(129), PATIENCE, 10).await.unwrap().is_empty());
    let stale = store.take_stale(at(131), PATIENCE, 10).await.unwrap();
    assert_eq!(ids(&stale), [job.id], "its push may have failed");
}

async fn all_of_an_owner_s_jobs_are_unparked_once(store: Arc<dyn Store>) {
    let mut jobs = Vec::new();
    for _ in 0..20 {
        jobs.push(put(&*store, &Lane::default(), "ann", true).await.id);
    }
    let mut race = JoinSet::new();
    for _ in 0..4 {
        let store = Arc::clone(&store);
        let ann = Owner::new("ann");
        race.spawn(
            async move { ids(&store.unpark(&Lane::default(), &ann, 100, at(1)).await.unwrap()) },
        );
    }
    let mut unparked = race.join_all().await.concat();
    unparked.sort();
    jobs.sort();
    assert_eq!(unparked, jobs);
}

async fn lanes_and_owners_are_named_in_order(store: &dyn Store) {
    assert!(store.parked_lanes().await.unwrap().is_empty());
    let lanes = [
        Lane::default(),
        lane(Priority::Interactive, "eu-west"),
        lane(Priority::Bulk, ""),
        lane(Priority::Bulk, "us"),
    ];
    put(store, &lane(Priority::Bulk, "not-parked"), "ann", false).await;
    for lane in &lanes {
        for owner in ["bob", "Zoe", "ann", "ann", "10.0.0.1"] {
            put(store, lane, owner, true).await;
        }
    }
    let mut named = store.parked_lanes().await.unwrap();
    named.sort();
    assert_eq!(named, lanes);

    for lane in &lanes {
        let mut owners = Vec::new();
        while let Some(next) = store.next_parked(lane, owners.last()).await.unwrap() {
            owners.push(next);
        }
        assert_eq!(owners, ["10.0.0.1", "Zoe", "ann", "bob"].map(Owner::new));
    }
}

async fn waiting_jobs_are_counted(store: &dyn Store) {
    let (ours, theirs) = (Lane::default(), lane(Priority::Interactive, "eu"));
    for owner in ["ann", "ann", "ann", "bob"] {
        put(store, &ours, owner, false).await;
        put(store, &theirs, owner, false).await;
        put(store, &ours, owner, true).await;
    }
    let job = put(store, &ours, "ann", false).await;
    let (ann, nobody) = (Owner::new("ann"), Owner::new("nobody"));
    let count = async |owner, limit| store.count_waiting(&ours, owner, limit).await.unwrap();

    assert_eq!(count(None, 100).await, 5);
    assert_eq!(count(Some(&ann), 100).await, 4);
    assert_eq!(count(Some(&nobody), 100).await, 0);
    assert_eq!((count(None, 2).await, count(Some(&ann), 3).await), (2, 3), "up to the limit");
    assert_eq!(count(None, 0).await, 0);

    let claim = claimed(store, &job, 0).await;
    assert_eq!(count(None, 100).await, 4, "a running job does not wait");
    let later = Release { retry_at: Some(at(600)), ..back(&job) };
    assert!(store.release(claim.lease, &later, at(1)).await.unwrap());
    assert_eq!(count(Some(&ann), 100).await, 3, "one that waits for its time takes no place");
    assert!(store.has_parked(&ours, &ann).await.unwrap());
    assert!(!store.has_parked(&ours, &nobody).await.unwrap());
    assert!(!store.has_parked(&theirs, &ann).await.unwrap());
}
