//! The contract on a server, and what happens when the server is not there.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use mongodb::bson::doc;
use recap_config::{Config, Secret, StoreBackend};
use recap_core::job::Owner;
use recap_core::ports::{Keys, Replies, ReplyClaim, ReplyState, Store, Webhooks};
use recap_core::{Job, JobId, JobKind, Status};
use recap_testkit::servers::{self, MongoDb};
use recap_testkit::{conformance, samples};

use super::proxy::Proxy;

/// A configuration for a database of its own on the server at `url`.
pub(super) fn config(url: &str) -> Config {
    let mut config = Config::default();
    config.store.backend = StoreBackend::Mongodb;
    config.mongodb.url = Secret::new(url);
    config.mongodb.database = servers::fresh_name();
    config
}

pub(super) async fn drop_database(config: &Config) {
    let client = mongodb::Client::with_uri_str(config.mongodb.url.expose()).await.unwrap();
    client.database(&config.mongodb.database).drop().await.unwrap();
}

/// Short enough for a test that waits until it is over.
fn hasty(url: &str) -> Config {
    let mut config = config(url);
    config.mongodb.connect_seconds = 1;
    config.mongodb.operation_seconds = 2;
    config
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contracts_are_kept() {
    let count = AtomicU32::new(0);
    let config = config(servers::mongodb());
    let database = |index: u32| {
        let mut config = config.clone();
        config.mongodb.database = format!("{}_{index}", config.mongodb.database);
        config
    };
    let fresh = async || {
        let config = database(count.fetch_add(1, Ordering::Relaxed));
        let opened = recap_store::open(&config).await.unwrap();
        opened.store.check().await.unwrap();
        opened
    };
    conformance::store::all(async || -> Arc<dyn Store> { fresh().await.store }).await;
    conformance::keys::all(async || -> Arc<dyn Keys> { fresh().await.keys }).await;
    conformance::replies::all(async || -> Arc<dyn Replies> { fresh().await.replies }).await;
    conformance::webhooks::all(async || -> Arc<dyn Webhooks> { fresh().await.webhooks }).await;
    for index in 0..count.load(Ordering::Relaxed) {
        drop_database(&database(index)).await;
    }
}

#[tokio::test]
async fn a_store_is_opened_without_its_server_and_works_when_it_comes_back() {
    let mut server = MongoDb::lasting();
    server.stop();
    let store = recap_store::connect(&hasty(server.url())).await.unwrap();
    fails_soon(&*store).await;

    let job = samples::queued(JobKind::Summary);
    for round in 0..2 {
        server.start_again();
        answers_soon(&*store).await;
        store.insert(&job, false).await.unwrap();
        let found = store.find(job.id).await.unwrap();
        assert_eq!(found.as_ref(), Some(&job), "in round {round}");
        server.stop();
        fails_soon(&*store).await;
    }
}

/// Within the time for finding a server and a little more.
async fn fails_soon(store: &dyn Store) {
    for _ in 0..3 {
        let began = Instant::now();
        store.check().await.unwrap_err();
        store.count_open(None, 10).await.unwrap_err();
        assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
    }
}

async fn answers_soon(store: &dyn Store) {
    let began = Instant::now();
    while let Err(error) = store.check().await {
        assert!(began.elapsed() < Duration::from_secs(5), "{}", error.0);
    }
}

#[tokio::test]
async fn a_server_that_says_nothing_does_not_hold_anyone() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("mongodb://{}", silent.local_addr().unwrap());
    let store = recap_store::connect(&hasty(&url)).await.unwrap();
    let began = Instant::now();
    store.check().await.unwrap_err();
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_hangs_is_given_up() {
    let server = MongoDb::start();
    let proxy = Proxy::start(server.url()).await;
    let store = recap_store::connect(&hasty(&proxy.url)).await.unwrap();
    store.check().await.unwrap();

    proxy.mute(true);
    let began = Instant::now();
    store.count_open(None, 10).await.unwrap_err();
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
    proxy.mute(false);
    answers_soon(&*store).await;
}

/// The lease of what was claimed must come back, and a counter must not be
/// raised twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_whose_answer_is_lost_is_done_once() {
    let server = MongoDb::start();
    let proxy = Proxy::start(server.url()).await;
    let store = recap_store::connect(&hasty(&proxy.url)).await.unwrap();
    store.check().await.unwrap();
    let lose = async || {
        store.check().await.unwrap();
        proxy.lose_next_answer();
    };
    let (job, now) = (samples::queued(JobKind::Summary), samples::created_at());

    lose().await;
    store.insert(&job, false).await.unwrap();
    lose().await;
    let claim = store.claim(job.id, now, Duration::from_secs(20)).await.unwrap().unwrap();
    assert_eq!((claim.lease.fence, claim.crashes, claim.job.revision), (1, 0, 1));
    lose().await;
    assert!(store.save(claim.lease, &claim.job).await.unwrap());
    lose().await;
    assert!(store.hold("role", "us", now, now + Duration::from_secs(9)).await.unwrap());
    lose().await;
    let ended = Job { status: Status::Failed, ..claim.job };
    assert!(store.finish(claim.lease, &ended).await.unwrap());
    assert!(proxy.has_lost_it());
    assert_eq!(store.find(job.id).await.unwrap(), Some(Job { revision: 3, ..ended }));
}

/// Else a client would be told that its own request is in flight, and a message
/// would wait until nobody's lease on it has ended.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_taken_is_had_though_the_answer_is_lost() {
    let server = MongoDb::start();
    let proxy = Proxy::start(server.url()).await;
    let opened = recap_store::open(&hasty(&proxy.url)).await.unwrap();
    let lose = async || {
        opened.store.check().await.unwrap();
        proxy.lose_next_answer();
    };
    let (job, now) = (JobId::generate(), samples::created_at());
    let claim = |job, now: Timestamp| ReplyClaim {
        key: "key".to_owned(),
        fingerprint: "body".to_owned(),
        job,
        now,
        locked_until: now + Duration::from_secs(9),
        expires_at: now + Duration::from_hours(24),
    };
    lose().await;
    let ours = ReplyState::Ours { job };
    assert_eq!(opened.replies.claim_reply(&claim(job, now)).await.unwrap(), ours);
    lose().await;
    let next = claim(JobId::generate(), now + Duration::from_secs(9));
    assert_eq!(opened.replies.claim_reply(&next).await.unwrap(), ours, "it is taken over");
    assert!(proxy.has_lost_it());

    let delivery = samples::delivery(&samples::endpoint(Owner::default()));
    opened.webhooks.insert_delivery(&delivery).await.unwrap();
    lose().await;
    let lease = Duration::from_mins(1);
    let taken = opened.webhooks.claim_delivery(delivery.id, now, lease).await.unwrap().unwrap();
    assert_eq!(taken.revision, 1);
    lose().await;
    assert!(opened.webhooks.set_delivery(&taken).await.unwrap());
    assert!(proxy.has_lost_it());
}

#[tokio::test]
async fn nothing_tells_the_password() {
    let secrets = ["someone", "p%24ssw0rd", "p$ssw0rd"];
    for url in [
        "mongodb://someone:p%24ssw0rd@127.0.0.1:1/recap",
        "mongodb://someone:p%24ssw0rd@127.0.0.1:1:2:3/recap",
        "mongodb://someone:p$ssw0rd@127.0.0.1:1/recap?authSource=%zz",
        "mongodb://someone:p$ssw0rd@@/recap",
        "mongodb+srv://someone:p%24ssw0rd@nowhere.invalid/recap",
        "mongodb+srv://someone:p%24ssw0rd@nowhere/recap",
        servers::mongodb().replace("//", "//someone:p%24ssw0rd@").as_str(),
    ] {
        let error = match recap_store::connect(&hasty(url)).await {
            Ok(store) => store.check().await.unwrap_err(),
            Err(error) => error,
        };
        let told = format!("{error} {error:?} {}", error.0);
        assert!(secrets.iter().all(|it| !told.contains(it)), "{told}");
    }
}

#[tokio::test]
async fn an_index_that_is_not_ours_is_named_with_its_mend() {
    let config = config(servers::mongodb());
    let client = mongodb::Client::with_uri_str(servers::mongodb()).await.unwrap();
    let database = client.database(&config.mongodb.database);
    let index = doc! { "name": "by_owner", "key": { "status": 1 } };
    database.run_command(doc! { "createIndexes": "jobs", "indexes": [index] }).await.unwrap();

    let store = recap_store::connect(&config).await.unwrap();
    let error = store.check().await.unwrap_err().0.to_string();
    assert!(error.contains("by_owner") && error.contains("dropIndex"), "{error}");
    database.run_command(doc! { "dropIndexes": "jobs", "index": "by_owner" }).await.unwrap();
    store.check().await.unwrap();
    // Another process, which finds all of them.
    recap_store::connect(&config).await.unwrap().check().await.unwrap();
    drop_database(&config).await;
}

#[tokio::test]
async fn the_use_of_indexes_is_counted_if_the_server_does() {
    let config = config(servers::mongodb());
    let opened = recap_store::open(&config).await.unwrap();
    opened.store.check().await.unwrap();
    opened.store.count_open(None, 10).await.unwrap();
    for usage in opened.index_usage().await {
        assert!(!usage.index.is_empty() && usage.accesses < 1000, "{usage:?}");
    }
    drop_database(&config).await;
}

#[tokio::test]
async fn connections_are_counted_as_the_driver_tells_of_them() {
    let config = config(servers::mongodb());
    let opened = recap_store::open(&config).await.unwrap();
    let (name, before) = opened.connections();
    assert_eq!((name, before.open, before.limit), ("mongodb", 0, u64::from(config.mongodb.pool)));
    opened.store.check().await.unwrap();
    let (_, after) = opened.connections();
    assert!((1..=after.limit).contains(&after.open), "{after:?}");
    assert_eq!((after.waiting, after.failed), (Some(0), Some(0)));
    drop_database(&config).await;
}

#[tokio::test]
async fn a_server_that_is_not_there_leaves_nothing_open() {
    let config = hasty("mongodb://127.0.0.1:1");
    let opened = recap_store::open(&config).await.unwrap();
    assert!(opened.store.check().await.is_err());
    let (_, after) = opened.connections();
    assert_eq!((after.open, after.in_use, after.waiting), (0, 0, Some(0)), "{after:?}");
}
