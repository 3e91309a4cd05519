//! Files of older recaps.

use std::path::Path;

use recap_config::SqliteConfig;
use recap_core::job::{Owner, Priority, Told};
use recap_core::ports::{JobFilter, Store as _};
use recap_core::{Job, JobKind, Status};
use recap_testkit::samples;
use serde_json::Value;
use sqlx::SqlitePool;
use sqlx::sqlite::SqliteConnectOptions;
use tempfile::TempDir;

use super::SqliteStore;

/// A file as the recap made it that knew these migrations.
async fn old_file(directory: &Path, migrations: &[&str]) -> SqlitePool {
    let old = directory.join("old");
    std::fs::create_dir(&old).unwrap();
    for name in migrations {
        let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
        std::fs::copy(all.join(name), old.join(name)).unwrap();
    }
    let file = directory.join("recap.db");
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
    let pool = SqlitePool::connect_with(options).await.unwrap();
    sqlx::migrate::Migrator::new(old.as_path()).await.unwrap().run(&pool).await.unwrap();
    pool
}

async fn new_store(directory: &Path) -> SqliteStore {
    SqliteStore::open(&directory.join("recap.db"), &SqliteConfig::default()).await.unwrap()
}

fn without(doc: &mut Value, fields: &[&str]) {
    for field in fields {
        doc.as_object_mut().unwrap().remove(*field);
    }
}

/// What has come with the API.
const NEW: [&str; 10] = [
    "deadline",
    "client_reference",
    "metadata",
    "webhook",
    "told",
    "batch",
    "items",
    "counts",
    "retry_of",
    "cache",
];
const NEW_INPUT: [&str; 3] = ["transcript", "batch", "range"];

/// Jobs of the first recap: without owner, region, and all that came with them.
#[tokio::test]
async fn an_old_file_is_brought_up_to_date() {
    let directory = TempDir::new().unwrap();
    let pool = old_file(directory.path(), &["0001_jobs.sql"]).await;
    let mut jobs = Vec::new();
    for priority in [Priority::Interactive, Priority::Bulk] {
        let mut job = samples::queued(JobKind::Summary);
        job.input.priority = priority;
        let mut doc = serde_json::to_value(&job).unwrap();
        without(&mut doc, &NEW);
        without(&mut doc, &["owner", "follows"]);
        without(&mut doc["input"], &NEW_INPUT);
        without(&mut doc["input"], &["region", "cache"]);
        sqlx::query(
            "INSERT INTO recap_jobs (id, kind, status, video_id, created_at, expires_at, attempts,
                 waiting_since, revision, doc)
             VALUES (?1, 'summary', 'queued', 'dQw4w9WgXcQ', ?2, ?3, 0, ?2, 0, ?4)",
        )
        .bind(job.id.to_string())
        .bind(job.created_at.as_millisecond())
        .bind(job.expires_at.as_millisecond())
        .bind(doc.to_string())
        .execute(&pool)
        .await
        .unwrap();
        jobs.push(job);
    }
    pool.close().await;

    let store = new_store(directory.path()).await;
    for job in &jobs {
        assert_eq!(store.find(job.id).await.unwrap().as_ref(), Some(job));
        let (lane, owner) = (job.input.lane(), Owner::default());
        assert_eq!(store.count_waiting(&lane, Some(&owner), 10).await.unwrap(), 1);
    }
    assert!(store.parked_lanes().await.unwrap().is_empty());
    let patience = std::time::Duration::from_secs(30);
    let stale = store.take_stale(jobs[0].created_at + patience, patience, 10).await.unwrap();
    assert_eq!(stale.len(), 2);
}

/// A job of the recap before the API, of a caller that had an address for a name.
async fn insert_before_the_api(pool: &SqlitePool, job: &Job, address: &str) {
    let mut doc = serde_json::to_value(job).unwrap();
    without(&mut doc, &NEW);
    without(&mut doc["input"], &NEW_INPUT);
    without(&mut doc, &["error", "result"]);
    doc["owner"] = address.into();
    sqlx::query(
        "INSERT INTO recap_jobs (id, kind, status, video_id, created_at, completed_at, expires_at,
             attempts, waiting_since, revision, error, doc, owner)
         VALUES (?1, ?2, ?3, 'dQw4w9WgXcQ', ?4, ?5, ?6, 0, ?4, ?7, ?8, ?9, ?10)",
    )
    .bind(job.id.to_string())
    .bind(job.kind.to_string())
    .bind(job.status.to_string())
    .bind(job.created_at.as_millisecond())
    .bind(job.completed_at.map(jiff::Timestamp::as_millisecond))
    .bind(job.expires_at.as_millisecond())
    .bind(job.revision.cast_signed())
    .bind(job.error.as_ref().map(|it| serde_json::to_string(it).unwrap()))
    .bind(doc.to_string())
    .bind(address)
    .execute(pool)
    .await
    .unwrap();
}

#[tokio::test]
async fn callers_without_a_key_become_one_and_old_ends_stay_untold() {
    let directory = TempDir::new().unwrap();
    let pool = old_file(directory.path(), &["0001_jobs.sql", "0002_lanes.sql"]).await;
    let open = samples::queued(JobKind::Transcript);
    let failed = Job {
        status: Status::Failed,
        error: Some(recap_core::ErrorCode::Timeout.into()),
        result: None,
        started_at: None,
        ..samples::succeeded(JobKind::Summary)
    };
    insert_before_the_api(&pool, &open, "address:192.0.2.7").await;
    insert_before_the_api(&pool, &failed, "address:2001:db8::/64").await;
    pool.close().await;

    let store = new_store(directory.path()).await;
    let (local, filter) = (Owner::default(), JobFilter { limit: 10, ..JobFilter::default() });
    assert_eq!(store.find(open.id).await.unwrap(), Some(open.clone()));
    let told = Job { told: Told::End, ..failed.clone() };
    assert_eq!(store.find(failed.id).await.unwrap(), Some(told));
    assert_eq!(store.count_open(Some(&local), 10).await.unwrap(), 1);
    let theirs = JobFilter { owner: Some(local.clone()), ..filter.clone() };
    assert_eq!(store.list(&theirs).await.unwrap().jobs.len(), 2);
    let timed_out = JobFilter { code: Some(recap_core::ErrorCode::Timeout), ..filter };
    assert_eq!(store.list(&timed_out).await.unwrap().jobs[0].id, failed.id);
    assert!(store.find_video(&local, samples::video_id()).await.unwrap().is_some());

    let late = failed.expires_at;
    let patience = std::time::Duration::ZERO;
    assert!(store.list_untold(late, patience, 10).await.unwrap().is_empty());
    store.cancel(open.id, &recap_core::ErrorCode::Canceled.into(), late, late).await.unwrap();
    let untold = store.list_untold(late, patience, 10).await.unwrap();
    assert_eq!(untold.iter().map(|it| it.id).collect::<Vec<_>>(), [open.id]);
}
