//! How SQLite answers each query: by an index, never by reading the table.

mod inserts;
mod old;
mod webhooks;

use jiff::Timestamp;
use recap_config::SqliteConfig;
use recap_core::job::Owner;
use recap_core::ports::{JobFilter, Store as _};
use recap_core::{ErrorCode, JobId, JobKind, Status};
use recap_testkit::samples;
use sqlx::AssertSqlSafe;

use super::{
    SqliteStore, cancel, count, follow, lease, parked, products, read, roles, sweep, told,
};

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
        follow::WAKE,
        sweep::DELETE,
        told::SET_TOLD,
        read::FIND,
        products::PUT_TRANSCRIPT,
    ] {
        check(&store, sql, primary_key).await;
    }
    let named = "SEARCH job USING INDEX recap_jobs_by_status (status=? AND id=?)";
    check(&store, products::PUT_NOTES, named).await;
    check(&store, products::FIND_TRANSCRIPT, "sqlite_autoindex_recap_transcripts_1 (job=?)").await;
    check(&store, products::LIST_NOTES, "USING PRIMARY KEY (job=?)").await;
    check(&store, count::COUNT_OPEN, "COVERING INDEX recap_jobs_by_status (status=?)").await;
    let by_owner = "COVERING INDEX recap_jobs_by_owner_status (owner=? AND status=?)";
    check(&store, count::COUNT_OPEN_OF_OWNER, by_owner).await;
    check(&store, count::COUNT_BATCH, "COVERING INDEX recap_jobs_by_batch (batch=?)").await;
    check(&store, read::FIND_VIDEO, "recap_jobs_by_owner_video (owner=? AND video_id=?)").await;
    check(&store, told::LIST_UNTOLD, "recap_jobs_untold (completed_at<?)").await;
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
    let jobs = [(); 3].map(|()| samples::queued(JobKind::Summary));
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
    let mut named: Vec<JobId> = stale.iter().filter_map(|it| it.payload.job()).collect();
    named.sort();
    let mut expected = vec![jobs[0].id, jobs[2].id];
    expected.sort();
    assert_eq!(named, expected);
}

/// A filter, and the index that serves it.
type Case = (fn(&mut JobFilter), &'static str);

const LISTS: [Case; 11] = [
    (|it| it.status = Some(Status::Failed), "by_status (status=?"),
    (|it| it.kind = Some(JobKind::Summary), "by_kind (kind=?"),
    (|it| it.video = Some(samples::video_id()), "by_video (video_id=?"),
    (|it| it.batch = Some(JobId::generate()), "by_batch (batch=?"),
    (|it| it.code = Some(ErrorCode::Timeout), "by_code (code=?"),
    (|it| it.owner = Some(Owner::default()), "by_owner (owner=?"),
    (
        |it| (it.owner, it.kind) = (Some(Owner::default()), Some(JobKind::Summary)),
        "by_owner (owner=?",
    ),
    (
        |it| (it.owner, it.status) = (Some(Owner::default()), Some(Status::Failed)),
        "by_owner_status (owner=? AND status=?",
    ),
    (
        |it| (it.owner, it.video) = (Some(Owner::default()), Some(samples::video_id())),
        "by_owner_video (owner=? AND video_id=?",
    ),
    (
        |it| (it.owner, it.batch) = (Some(Owner::default()), Some(JobId::generate())),
        "by_batch (batch=?",
    ),
    (
        |it| (it.owner, it.created_after) = (Some(Owner::default()), Some(Timestamp::UNIX_EPOCH)),
        "by_owner (owner=?",
    ),
];

#[tokio::test]
async fn lists_use_the_index_of_their_filter() {
    let (_directory, store) = store().await;
    let everything = JobFilter { limit: 20, ..JobFilter::default() };
    let before = JobFilter { before: Some(JobId::generate()), ..everything.clone() };
    for (filter, range) in [(everything, ")"), (before, " AND id<?)")] {
        for (change, index) in LISTS {
            let mut filter = filter.clone();
            change(&mut filter);
            let sql = read::list_query(&filter, 21).sql().as_str().to_owned();
            check(&store, &sql, &format!("recap_jobs_{index}{range}")).await;
            let plan = plan(&store, &sql).await;
            assert!(!plan.contains("TEMP B-TREE"), "it sorts:\n{plan}for {sql}");
        }
        let by_time = JobFilter {
            created_after: Some(Timestamp::UNIX_EPOCH),
            results: true,
            ..filter.clone()
        };
        check_list(&store, filter, "sqlite_autoindex_recap_jobs_1").await;
        check_list(&store, by_time, "recap_jobs_by_created (created_at>?)").await;
    }
}
