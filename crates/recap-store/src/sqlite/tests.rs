//! How SQLite answers each query: by an index, never by reading the table.

use recap_config::SqliteConfig;
use recap_core::ports::{JobFilter, Store as _};
use recap_core::{JobId, JobKind, Status};
use sqlx::AssertSqlSafe;

use super::{SqliteStore, cancel, lease, products, read, sweep};

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
}

#[tokio::test]
async fn a_document_that_cannot_be_read_keeps_no_other_job_waiting() {
    let (_directory, store) = store().await;
    let jobs = [(); 3].map(|()| recap_testkit::samples::queued(JobKind::Summary));
    for job in &jobs {
        store.insert(job).await.unwrap();
    }
    sqlx::query("UPDATE recap_jobs SET doc = '{}' WHERE id = ?1")
        .bind(jobs[1].id.to_string())
        .execute(&store.writer)
        .await
        .unwrap();
    let patience = std::time::Duration::from_secs(30);
    let stale = store.take_stale(jobs[0].created_at + patience, patience, 10).await.unwrap();
    let mut named: Vec<JobId> = stale.iter().map(|it| it.id).collect();
    named.sort();
    let mut expected = vec![jobs[0].id, jobs[2].id];
    expected.sort();
    assert_eq!(named, expected);
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
