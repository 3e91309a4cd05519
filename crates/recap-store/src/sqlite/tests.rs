//! How SQLite answers each query: by an index, never by reading the table.

use recap_config::SqliteConfig;
use recap_core::job::{Owner, Priority};
use recap_core::ports::{JobFilter, Store as _};
use recap_core::{JobId, JobKind, Status};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, SqlitePool};

use super::{SqliteStore, cancel, follow, lease, parked, products, read, roles, sweep};

async fn plan(store: &SqliteStore, sql: &str) -> String {
    let steps: Vec<(i64, i64, i64, String)> =
        sqlx::query_as(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}")))
            .fetch_all(&store.writer)
            .await
            .unwrap();
    steps.into_iter().map(|it| it.3 + "\n").collect()
}

/// The plan names `index`, and no step reads a whole table.
async fn check(store: &SqliteStore, sql: &str, index: &str) {
    let plan = plan(store, sql).await;
    assert!(plan.contains(index), "{index} is not used:\n{plan}for {sql}");
    for step in plan.lines().filter(|it| it.starts_with("SCAN recap")) {
        assert!(step.contains("USING"), "a table is read whole:\n{plan}for {sql}");
    }
}

async fn check_list(store: &SqliteStore, filter: JobFilter, index: &str) {
    let query = read::list_query(&filter, 21);
    check(store, query.sql().as_str(), index).await;
}

async fn store() -> (tempfile::TempDir, SqliteStore) {
    let directory = tempfile::TempDir::new().unwrap();
    let file = directory.path().join("recap.db");
    let store = SqliteStore::open(&file, &SqliteConfig::default()).await.unwrap();
    (directory, store)
}

#[tokio::test]
async fn statements_use_an_index() {
    let (_directory, store) = store().await;
    let primary_key = "recap_jobs USING INDEX sqlite_autoindex_recap_jobs_1 (id=?)";
    for sql in [
        lease::CLAIM,
        lease::RENEW,
        lease::SAVE,
        lease::RELEASE,
        lease::FINISH,
        cancel::CANCEL,
        read::FIND,
        products::PUT_NOTES,
        products::PUT_TRANSCRIPT,
    ] {
        check(&store, sql, primary_key).await;
    }
    check(&store, products::FIND_TRANSCRIPT, "sqlite_autoindex_recap_transcripts_1 (job=?)").await;
    check(&store, products::LIST_NOTES, "USING PRIMARY KEY (job=?)").await;
    check(&store, read::COUNT_OPEN, "COVERING INDEX recap_jobs_by_status (status=?)").await;
    for index in ["recap_jobs_queued (waiting_since<?)", "recap_jobs_running (lease_until<?)"] {
        check(&store, sweep::TAKE_STALE, index).await;
    }
    for index in ["recap_jobs_queued_expiry (expires_at<?)", "recap_jobs_running (lease_until<?)"] {
        check(&store, sweep::EXPIRE, index).await;
    }
    check(&store, sweep::FORGET, "recap_jobs_ended (expires_at<?)").await;
    check(&store, follow::LEAD, primary_key).await;
    check(&store, follow::TAKE_FOLLOWERS, "recap_jobs_followers (leader=?)").await;
    check(&store, roles::CONTROL, "INTEGER PRIMARY KEY (rowid=?)").await;
}

#[tokio::test]
async fn parked_and_waiting_jobs_are_found_by_their_lane() {
    let (_directory, store) = store().await;
    for (sql, range) in [
        (parked::COUNT_WAITING, "INDEX recap_jobs_lanes (parked=? AND lane=?)"),
        (parked::HAS_PARKED, "recap_jobs_lanes (parked=? AND lane=? AND owner=?)"),
        (
            parked::COUNT_WAITING_OF_OWNER,
            "INDEX recap_jobs_lanes (parked=? AND lane=? AND owner=?)",
        ),
        (parked::PARKED_LANES, "COVERING INDEX recap_jobs_lanes (parked=?)"),
        (parked::PARKED_LANES, "COVERING INDEX recap_jobs_lanes (parked=? AND lane>?)"),
        (parked::NEXT_PARKED, "COVERING INDEX recap_jobs_lanes (parked=? AND lane=? AND owner>?)"),
        (parked::UNPARK, "recap_jobs_lanes (parked=? AND lane=? AND owner=?)"),
    ] {
        check(&store, sql, range).await;
        let plan = plan(&store, sql).await;
        assert!(!plan.contains("TEMP B-TREE"), "it sorts:\n{plan}for {sql}");
    }
}

#[tokio::test]
async fn a_job_of_an_unknown_kind_keeps_no_other_waiting() {
    let (_directory, store) = store().await;
    let jobs = [(); 3].map(|()| recap_testkit::samples::queued(JobKind::Summary));
    for job in &jobs {
        store.insert(job, false).await.unwrap();
    }
    sqlx::query("UPDATE recap_jobs SET kind = 'song' WHERE id = ?1")
        .bind(jobs[1].id.to_string())
        .execute(&store.writer)
        .await
        .unwrap();
    let patience = std::time::Duration::from_secs(30);
    let stale = store.take_stale(jobs[0].created_at + patience, patience, 10).await.unwrap();
    let mut named: Vec<JobId> = stale.iter().map(|it| it.payload.job()).collect();
    named.sort();
    let mut expected = vec![jobs[0].id, jobs[2].id];
    expected.sort();
    assert_eq!(named, expected);
}

/// Jobs of the first recap: without owner, region, and all that came with them.
#[tokio::test]
async fn an_old_file_is_brought_up_to_date() {
    let directory = tempfile::TempDir::new().unwrap();
    let (file, old) = (directory.path().join("recap.db"), directory.path().join("old"));
    std::fs::create_dir(&old).unwrap();
    let first = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/0001_jobs.sql");
    std::fs::copy(first, old.join("0001_jobs.sql")).unwrap();
    let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true);
    let pool = SqlitePool::connect_with(options).await.unwrap();
    sqlx::migrate::Migrator::new(old.as_path()).await.unwrap().run(&pool).await.unwrap();
    let mut jobs = Vec::new();
    for priority in [Priority::Interactive, Priority::Bulk] {
        let mut job = recap_testkit::samples::queued(JobKind::Summary);
        job.input.priority = priority;
        let mut doc = serde_json::to_value(&job).unwrap();
        for new in ["owner", "cache", "follows"] {
            doc.as_object_mut().unwrap().remove(new);
        }
        for new in ["region", "cache"] {
            doc["input"].as_object_mut().unwrap().remove(new);
        }
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

    let store = SqliteStore::open(&file, &SqliteConfig::default()).await.unwrap();
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

#[tokio::test]
async fn lists_use_the_index_of_their_filter() {
    let (_directory, store) = store().await;
    let everything = JobFilter { limit: 20, ..JobFilter::default() };
    let before = JobFilter { before: Some(JobId::generate()), ..everything.clone() };
    for (filter, range) in [(everything, ""), (before, " AND id<?")] {
        let by_status = JobFilter { status: Some(Status::Failed), ..filter.clone() };
        let by_kind = JobFilter { kind: Some(JobKind::Summary), ..filter.clone() };
        let by_video = JobFilter { video: "dQw4w9WgXcQ".parse().ok(), ..filter.clone() };
        let by_time =
            JobFilter { created_after: Some(jiff::Timestamp::UNIX_EPOCH), ..filter.clone() };
        check_list(&store, by_status, &format!("recap_jobs_by_status (status=?{range})")).await;
        check_list(&store, by_kind, &format!("recap_jobs_by_kind (kind=?{range})")).await;
        check_list(&store, by_video, &format!("recap_jobs_by_video (video_id=?{range})")).await;
        check_list(&store, filter, "sqlite_autoindex_recap_jobs_1").await;
        check_list(&store, by_time, "recap_jobs_by_created (created_at>?)").await;
    }
}
