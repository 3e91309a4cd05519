//! Reading jobs: one, a page, and how many are open.

use recap_core::job::{Job, JobId};
use recap_core::ports::{JobFilter, JobPage};
use sqlx::{QueryBuilder, Sqlite, SqlitePool};

use super::row::{columns, decode_error, limit};
use crate::document::{Columns, millis};

/// The longest page that is handed out, whatever is asked for.
const MAX_PAGE: usize = 100;

pub(super) async fn check(pool: &SqlitePool) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT 1").execute(pool).await.map(|_| ())
}

pub(super) const FIND: &str =
    concat!("SELECT result, ", columns!(), " FROM recap_jobs WHERE id = ?1");

pub(super) async fn find(pool: &SqlitePool, id: JobId) -> Result<Option<Job>, sqlx::Error> {
    let row: Option<Columns> =
        sqlx::query_as(FIND).bind(id.to_string()).fetch_optional(pool).await?;
    row.map(Columns::into_job).transpose().map_err(decode_error)
}

pub(super) const COUNT_OPEN: &str =
    "SELECT count(*) FROM recap_jobs WHERE status IN ('queued', 'running')";

pub(super) async fn count_open(pool: &SqlitePool) -> Result<u64, sqlx::Error> {
    let count: i64 = sqlx::query_scalar(COUNT_OPEN).fetch_one(pool).await?;
    u64::try_from(count).map_err(decode_error)
}

pub(super) async fn list(pool: &SqlitePool, filter: &JobFilter) -> Result<JobPage, sqlx::Error> {
    let page = filter.limit.clamp(1, MAX_PAGE);
    // One more than asked for says whether there are more.
    let mut rows: Vec<Columns> =
        list_query(filter, page + 1).build_query_as().fetch_all(pool).await?;
    let has_more = rows.len() > page;
    rows.truncate(page);
    let jobs =
        rows.into_iter().map(Columns::into_job).collect::<Result<_, _>>().map_err(decode_error)?;
    Ok(JobPage { jobs, has_more })
}

/// Only the filters that are set are in the query: `? IS NULL OR …` would keep
/// SQLite from using the index of the one that is.
pub(super) fn list_query(filter: &JobFilter, most: usize) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new(concat!("SELECT ", columns!(), " FROM recap_jobs"));
    if filter.created_after.is_some() && is_by_time_only(filter) {
        // SQLite would read all jobs in the order of the list instead.
        query.push(" INDEXED BY recap_jobs_by_created");
    }
    query.push(" WHERE 1");
    if let Some(status) = filter.status {
        query.push(" AND status = ").push_bind(status.to_string());
    }
    if let Some(kind) = filter.kind {
        query.push(" AND kind = ").push_bind(kind.to_string());
    }
    if let Some(video) = filter.video {
        query.push(" AND video_id = ").push_bind(video.to_string());
    }
    if let Some(after) = filter.created_after {
        query.push(" AND created_at > ").push_bind(millis(after));
    }
    if let Some(before) = filter.before {
        query.push(" AND id < ").push_bind(before.to_string());
    }
    query.push(" ORDER BY id DESC LIMIT ").push_bind(limit(most));
    query
}

fn is_by_time_only(filter: &JobFilter) -> bool {
    filter.status.is_none() && filter.kind.is_none() && filter.video.is_none()
}
