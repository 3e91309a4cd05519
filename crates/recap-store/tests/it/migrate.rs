//! Moving from the file to the server.

use std::path::Path;
use std::time::Duration;

use recap_config::{Config, Secret, StoreBackend};
use recap_core::job::{Owner, Priority, Told, WaitingReason};
use recap_core::ports::{Control, JobFilter, Release, Renewal, Store};
use recap_core::summary::{NotesStatus, SegmentNotes};
use recap_core::webhook::{Delivery, DeliveryStatus};
use recap_core::{ErrorCode, Job, JobId, JobKind, Status};
use recap_store::{MigrateError, Migrated, Opened, Report, migrate};
use recap_testkit::samples;
use recap_testkit::servers::{self, MongoDb};
use tempfile::TempDir;

use super::mongo;

const LEASE: Duration = Duration::from_secs(20);

/// Both ends: the file in `directory`, and a new database at `url`.
fn config(directory: &Path, url: &str) -> Config {
    let mut config = mongo::config(url);
    config.data.dir = directory.join("data");
    config
}

async fn file(config: &Config) -> std::sync::Arc<dyn Store> {
    opened_file(config).await.store
}

async fn opened_file(config: &Config) -> Opened {
    let mut config = config.clone();
    config.store.backend = StoreBackend::Sqlite;
    recap_store::open(&config).await.unwrap()
}

fn at(seconds: u64) -> jiff::Timestamp {
    samples::created_at() + Duration::from_hours(24 * 365 * 50) + Duration::from_secs(seconds)
}

fn job(kind: JobKind) -> Job {
    let mut job = samples::queued(kind);
    (job.created_at, job.expires_at) = (at(0), at(500_000));
    job
}

fn notes(index: u32) -> SegmentNotes {
    let start = Duration::from_mins(10) * index;
    SegmentNotes {
        index,
        start,
        end: start + Duration::from_mins(10),
        title: "Part".to_owned(),
        summary: "Of it.".to_owned(),
        points: Vec::new(),
        status: NotesStatus::Done,
        model: "extractive".to_owned(),
    }
}

/// One of each: queued, parked, following, canceled while running, left behind
/// with a crash, and `ended` with all that is kept.
async fn fill(store: &dyn Store, ended: usize) -> Vec<Job> {
    let mut ids = Vec::new();
    let mut insert = async |change: &dyn Fn(&mut Job), parked| {
        let mut job = job(JobKind::Summary);
        change(&mut job);
        store.insert(&job, parked).await.unwrap();
        ids.push(job.id);
        job
    };
    insert(&|_| {}, false).await;
    let bulk = |job: &mut Job| {
        job.input.priority = Priority::Bulk;
        job.input.region = Some("eu".to_owned().try_into().unwrap());
        job.owner = Owner::new("ann");
    };
    let parked = insert(&bulk, true).await;

    let follower = insert(&|_| {}, false).await;
    let claim = store.claim(follower.id, at(1), LEASE).await.unwrap().unwrap();
    let release = Release {
        retry_at: Some(at(900)),
        waiting_reason: Some(WaitingReason::Identical),
        attempts: 2,
        expires_at: at(600_000),
        crashes: 1,
        follows: Some(parked.id),
    };
    assert!(store.release(claim.lease, &release, at(2)).await.unwrap());

    let left = insert(&|_| {}, false).await;
    store.claim(left.id, at(1), LEASE).await.unwrap().unwrap();
    let claim = store.claim(left.id, at(30), LEASE).await.unwrap().unwrap();
    assert_eq!(claim.crashes, 1);
    store.cancel(left.id, &ErrorCode::Canceled.into(), at(31), at(900)).await.unwrap();

    for index in 0..ended {
        let job = insert(&|_| {}, false).await;
        let claim = store.claim(job.id, at(1), LEASE).await.unwrap().unwrap();
        let transcript = samples::transcript(Duration::from_mins(20 + index as u64 % 5));
        assert!(store.put_transcript(claim.lease, &transcript).await.unwrap());
        for index in [0, 1, 11] {
            assert!(store.put_notes(claim.lease, &[notes(index)]).await.unwrap());
        }
        let end = Job {
            id: job.id,
            started_at: claim.job.started_at,
            completed_at: Some(at(9)),
            created_at: job.created_at,
            expires_at: at(700_000),
            ..samples::succeeded(JobKind::Summary)
        };
        assert!(store.finish(claim.lease, &end).await.unwrap());
    }
    let mut jobs = Vec::new();
    for id in ids {
        jobs.push(store.find(id).await.unwrap().unwrap());
    }
    jobs
}

async fn is_the_same(from: &dyn Store, to: &dyn Store, jobs: &[Job]) {
    for job in jobs {
        let mut expected = job.clone();
        if expected.status == Status::Running {
            expected.status = Status::Queued;
        }
        assert_eq!(to.find(job.id).await.unwrap().unwrap(), expected);
        let (old, new) = (from.find_transcript(job.id).await, to.find_transcript(job.id).await);
        assert_eq!(new.unwrap(), old.unwrap());
        let (old, new) = (from.list_notes(job.id).await, to.list_notes(job.id).await);
        assert_eq!(new.unwrap(), old.unwrap());
    }
    let last = jobs.last().unwrap();
    assert_eq!(from.find(last.id).await.unwrap().as_ref(), Some(last), "the file stays as it is");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_arrives_and_goes_on() {
    let directory = TempDir::new().unwrap();
    let config = config(directory.path(), servers::mongodb());
    let from = file(&config).await;
    let jobs = fill(&*from, 3).await;
    let control = Control { paused: true, drain_asked_at: Some(at(5)), ..Control::default() };
    from.set_control(&control).await.unwrap();

    let error = migrate(&config, at(49), |_| {}).await.unwrap_err();
    assert!(
        matches!(error, MigrateError::Busy { job, until } if job == jobs[3].id && until == at(50))
    );

    let mut seen = Vec::new();
    let report = migrate(&config, at(50), |it| seen.push(it)).await.unwrap();
    let expected = Report { jobs: 7, transcripts: 3, notes: 9, ..Report::default() };
    assert_eq!(report, expected);
    assert_eq!(seen, [Migrated { jobs: 7, total: 7 }]);

    let to = recap_store::connect(&config).await.unwrap();
    is_the_same(&*from, &*to, &jobs).await;
    assert_eq!(to.control().await.unwrap(), control);
    goes_on(&*to, &jobs).await;
    mongo::drop_database(&config).await;
}

/// Fences, counters, wishes and waits are kept as well.
async fn goes_on(to: &dyn Store, jobs: &[Job]) {
    let [queued, parked, follower, left] = [0, 1, 2, 3].map(|it| &jobs[it]);
    let (lane, owner) = (parked.input.lane(), &parked.owner);
    assert_eq!(to.parked_lanes().await.unwrap(), std::slice::from_ref(&lane));

    let stale = to.take_stale(at(200), Duration::from_secs(30), 10).await.unwrap();
    let mut named: Vec<(JobId, u64)> =
        stale.iter().map(|it| (it.payload.job().unwrap(), it.turn)).collect();
    named.sort();
    let mut expected = [(queued.id, 0), (left.id, 2)];
    expected.sort();
    assert_eq!(named, expected);

    let claim = to.claim(left.id, at(200), LEASE).await.unwrap().unwrap();
    assert_eq!((claim.lease.fence, claim.crashes), (3, 2));
    assert_eq!(to.renew(claim.lease, at(220)).await.unwrap(), Renewal::CancelRequested);

    let unparked = to.unpark(&lane, owner, 10, at(200)).await.unwrap();
    assert_eq!(unparked.len(), 1);
    let woken = to.take_followers(parked.id, at(200), 10).await.unwrap();
    assert_eq!(woken.iter().map(|it| it.payload.job()).collect::<Vec<_>>(), [Some(follower.id)]);
    let claim = to.claim(follower.id, at(200), LEASE).await.unwrap().unwrap();
    assert_eq!(claim.crashes, 1);

    assert_eq!(to.forget(at(699_999), 10).await.unwrap(), 0);
    assert_eq!(to.forget(at(700_000), 10).await.unwrap(), 3);
    assert_eq!(to.find_transcript(jobs[4].id).await.unwrap(), None);
}

/// Two keys, two endpoints, and messages that were sent, wait, or have failed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_api_keeps_arrives_too() {
    let directory = TempDir::new().unwrap();
    let config = config(directory.path(), servers::mongodb());
    let from = opened_file(&config).await;
    let (ann, batch) = (Owner::new("ann"), JobId::generate());
    let child = Job { batch: Some(batch), ..job(JobKind::Summary) };
    from.store.insert(&child, false).await.unwrap();
    from.store.set_told(child.id, Told::Start).await.unwrap();
    let failed = Job { batch: Some(batch), ..job(JobKind::Summary) };
    from.store.insert(&failed, false).await.unwrap();
    from.store.cancel(failed.id, &ErrorCode::Canceled.into(), at(3), at(900_000)).await.unwrap();
    let keys = [samples::api_key().key, samples::api_key().key];
    let endpoints = [samples::endpoint(ann.clone()), samples::endpoint(Owner::default())];
    let mut deliveries = Vec::new();
    for index in 0..230 {
        let mut delivery = samples::delivery(&endpoints[index % 2]);
        (delivery.created_at, delivery.expires_at) = (at(index as u64), at(800_000));
        if index % 3 == 0 {
            (delivery.status, delivery.next_attempt_at) = (DeliveryStatus::Failed, None);
        }
        from.webhooks.insert_delivery(&delivery).await.unwrap();
        deliveries.push(delivery);
    }
    for (key, endpoint) in keys.iter().zip(&endpoints) {
        from.keys.put_key(key).await.unwrap();
        from.webhooks.insert_endpoint(endpoint, 9).await.unwrap();
    }
    let lease = Duration::from_mins(1);
    let taken = from.webhooks.claim_delivery(deliveries[1].id, at(50), lease).await.unwrap();
    // Whoever sends it does not do so from the new store.
    deliveries[1] = Delivery { is_claimed: false, ..taken.unwrap() };
    from.keys.revoke_key(keys[0].id, at(7)).await.unwrap();

    let report = migrate(&config, at(60), |_| {}).await.unwrap();
    assert_eq!((report.keys, report.endpoints, report.deliveries), (2, 2, 230));
    let again = migrate(&config, at(60), |_| {}).await.unwrap();
    assert_eq!(again, Report { already_there: 2, ..Report::default() });

    let to = recap_store::open(&config).await.unwrap();
    for delivery in &deliveries {
        let found = to.webhooks.find_delivery(&delivery.owner, delivery.id).await.unwrap();
        assert_eq!(found.as_ref(), Some(delivery));
    }
    let (due, patience) = (to.webhooks.due_deliveries(at(60), Duration::ZERO, 999), Duration::ZERO);
    assert_eq!(due.await.unwrap().len(), 152, "not the one that was taken");
    assert_eq!(to.webhooks.list_endpoints(&ann).await.unwrap(), endpoints[..1]);
    let (old, new) = (from.keys.list_keys(9).await, to.keys.list_keys(9).await);
    assert_eq!(new.unwrap(), old.unwrap());
    assert_eq!(to.store.find(child.id).await.unwrap().unwrap().told, Told::Start);
    assert_eq!(to.store.count_batch(batch).await.unwrap().total, 2);
    let untold = to.store.list_untold(at(3), patience, 9).await.unwrap();
    assert_eq!(untold.iter().map(|it| it.id).collect::<Vec<_>>(), [failed.id]);
    let canceled = JobFilter { code: Some(ErrorCode::Canceled), limit: 9, ..JobFilter::default() };
    assert_eq!(to.store.list(&canceled).await.unwrap().jobs.len(), 1);
    mongo::drop_database(&config).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_goes_on_where_it_failed() {
    let directory = TempDir::new().unwrap();
    let mut server = MongoDb::lasting();
    let mut config = config(directory.path(), server.url());
    config.mongodb.connect_seconds = 1;
    let from = file(&config).await;
    let jobs = fill(&*from, 120).await;

    let mut done = 0;
    let failed = migrate(&config, at(50), |it| {
        done = it.jobs;
        server.stop();
    });
    assert!(matches!(failed.await.unwrap_err(), MigrateError::Store(_)));
    assert_eq!(done, 10, "it failed half-way");

    server.start_again();
    let to = recap_store::connect(&config).await.unwrap();
    to.check().await.unwrap();
    // Somebody has already begun to work on what is there.
    let (id, lease) = (jobs[0].id, Duration::from_secs(1));
    to.claim(id, at(60), lease).await.unwrap().unwrap();
    let report = migrate(&config, at(50), |_| {}).await.unwrap();
    assert_eq!((report.jobs, report.already_there), (114, 10));
    let again = migrate(&config, at(50), |_| {}).await.unwrap();
    assert_eq!(again, Report { already_there: 124, ..Report::default() });

    is_the_same(&*from, &*to, &jobs[1..]).await;
    assert_eq!(to.find(id).await.unwrap().unwrap().status, Status::Running, "left as it is");
    let page = to.list(&JobFilter { limit: 100, ..JobFilter::default() }).await.unwrap();
    assert!(page.has_more);
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let directory = TempDir::new().unwrap();
    let mut config = config(directory.path(), "mongodb://127.0.0.1:1");
    let error = migrate(&config, at(0), |_| {}).await.unwrap_err().to_string();
    assert!(error.contains("data/recap.db") && error.contains("data.dir"), "{error}");

    drop(file(&config).await);
    config.mongodb.url = Secret::default();
    let error = migrate(&config, at(0), |_| {}).await.unwrap_err().to_string();
    assert!(error.contains("mongodb.url"), "{error}");
}
