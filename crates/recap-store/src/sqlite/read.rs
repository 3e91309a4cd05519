//! Reading jobs: one, a page, and how many are open.

use recap_core::job::{Job, JobId};
use recap_core::ports::{JobFilter, JobPage};
use sqlx::{QueryBuilder, Sqlite, SqlitePool};

use super::row::{JobRow, columns, decode_error, millis};

/// The longest page that is handed out, whatever is asked for.
const MAX_PAGE: usize = 100;

pub(super) const FIND: &str =
    concat!("SELECT result, ", columns!(), " FROM recap_jobs WHERE id = ?1");

pub(super) async fn find(pool: &SqlitePool, id: JobId) -> Result<Option<Job>, sqlx::Error> {
    let row: Option<JobRow> =
        sqlx::query_as(FIND).bind(id.to_string()).fetch_optional(pool).await?;
    row.map(JobRow::into_job).transpose()
}

pub(super) const COUNT_OPEN: &str =
    "SELECT count(*) FROM recap_jobs WHERE status IN ('queued', 'running')";

pub(super) async fn count_open(pool: &SqlitePool) -> Result<u64, sqlx::Error> {
    let count: i64 = sqlx::query_scalar(COUNT_OPEN).fetch_one(pool).await?;
    u64::try_from(count).map_err(decode_error)
}

pub(super) async fn list(pool: &SqlitePool, filter: &JobFilter) -> Result<JobPage, sqlx::Error> {
    let limit = filter.limit.clamp(1, MAX_PAGE);
    // One more than asked for says whether there are more.
    let mut rows: Vec<JobRow> =
        list_query(filter, limit + 1).build_query_as().fetch_all(pool).await?;
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    let jobs = rows.into_iter().map(JobRow::into_job).collect::<Result<_, _>>()?;
    Ok(JobPage { jobs, has_more })
}

/// Only the filters that are set are in the query: `? IS NULL OR …` would keep
/// SQLite from using the index of the one that is.
pub(super) fn list_query(filter: &JobFilter, limit: usize) -> QueryBuilder<Sqlite> {
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
    query.push(" ORDER BY id DESC LIMIT ").push_bind(i64::try_from(limit).unwrap_or(i64::MAX));
    query
}

fn is_by_time_only(filter: &JobFilter) -> bool {
    filter.status.is_none() && filter.kind.is_none() && filter.video.is_none()
}
