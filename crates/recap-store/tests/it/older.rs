//! What older recaps have left on a server.

use std::time::Duration;

use mongodb::bson::{Document, doc};
use recap_config::Config;
use recap_core::job::{Owner, Told};
use recap_core::ports::{JobFilter, Store};
use recap_core::{ErrorCode, Job, JobKind};
use recap_testkit::{samples, servers};

use super::mongo;

/// As if the recap before the API had written it, for a caller with an address for
/// a name.
async fn insert_before_the_api(config: &Config, store: &dyn Store, job: &Job) {
    store.insert(job, false).await.unwrap();
    let client = mongodb::Client::with_uri_str(config.mongodb.url.expose()).await.unwrap();
    let jobs = client.database(&config.mongodb.database).collection::<Document>("jobs");
    let change = doc! {
        "$set": { "owner": "address:192.0.2.7" },
        "$unset": { "told": "", "code": "", "knows_video": "" },
    };
    jobs.update_one(doc! { "_id": job.id.to_string() }, change).await.unwrap();
}

fn moved(mut job: Job) -> Job {
    let years = Duration::from_hours(24 * 365 * 50);
    job.expires_at += years;
    job.completed_at = job.completed_at.map(|it| it + years);
    job
}

#[tokio::test]
async fn callers_without_a_key_become_one_and_old_ends_stay_untold() {
    let config = mongo::config(servers::mongodb());
    let old = recap_store::connect(&config).await.unwrap();
    let open = moved(samples::queued(JobKind::Summary));
    let ended = moved(samples::succeeded(JobKind::Summary));
    for job in [&open, &ended] {
        insert_before_the_api(&config, &*old, job).await;
    }

    let store = recap_store::connect(&config).await.unwrap();
    store.check().await.unwrap();
    for job in [&open, &ended] {
        assert_eq!(store.find(job.id).await.unwrap().as_ref(), Some(job));
    }
    let owner = Some(Owner::default());
    assert_eq!(store.count_open(owner.as_ref(), 10).await.unwrap(), 1);
    let theirs = JobFilter { owner, limit: 10, ..JobFilter::default() };
    assert_eq!(store.list(&theirs).await.unwrap().jobs.len(), 2);

    let (late, patience) = (ended.expires_at, Duration::ZERO);
    assert!(store.list_untold(late, patience, 10).await.unwrap().is_empty());
    store.cancel(open.id, &ErrorCode::Canceled.into(), late, late).await.unwrap();
    let untold = store.list_untold(late, patience, 10).await.unwrap();
    assert_eq!(untold.iter().map(|it| it.id).collect::<Vec<_>>(), [open.id]);
    store.set_told(open.id, Told::End).await.unwrap();
    assert!(store.list_untold(late, patience, 10).await.unwrap().is_empty());
    mongo::drop_database(&config).await;
}
