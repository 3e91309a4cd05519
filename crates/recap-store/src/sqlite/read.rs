//! Reading jobs: one, a page, and what one of them knows of a video.

use recap_core::job::{Job, JobId, Owner};
use recap_core::ports::{JobFilter, JobPage};
use recap_core::video::{VideoId, VideoMetadata};
use sqlx::{QueryBuilder, Sqlite};

use super::row::{columns, decode_error, from_json, limit};
use crate::document::{Columns, millis};
use recap_sqlite::Pool;

/// The longest page that is handed out, whatever is asked for.
const MAX_PAGE: usize = 100;

pub(super) async fn check(pool: &Pool) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT 1").execute(pool).await.map(|_| ())
}

pub(super) const FIND: &str =
    concat!("SELECT result, ", columns!(), " FROM recap_jobs WHERE id = ?1");

pub(super) async fn find(pool: &Pool, id: JobId) -> Result<Option<Job>, sqlx::Error> {
    let row: Option<Columns> =
        sqlx::query_as(FIND).bind(id.to_string()).fetch_optional(pool).await?;
    row.map(Columns::into_job).transpose().map_err(decode_error)
}

pub(super) async fn exists(pool: &Pool, id: JobId) -> Result<bool, sqlx::Error> {
    let query = sqlx::query("SELECT 1 FROM recap_jobs WHERE id = ?1").bind(id.to_string());
    Ok(query.fetch_optional(pool).await?.is_some())
}

pub(super) async fn list(pool: &Pool, filter: &JobFilter) -> Result<JobPage, sqlx::Error> {
    let page = filter.limit.clamp(1, MAX_PAGE);
    // One more than asked for says whether there are more.
    let mut rows: Vec<Columns> =
        list_query(filter, page + 1).build_query_as().fetch_all(pool).await?;
    let has_more = rows.len() > page;
    rows.truncate(page);
    Ok(JobPage { jobs: jobs(rows)?, has_more })
}

pub(super) fn jobs(rows: Vec<Columns>) -> Result<Vec<Job>, sqlx::Error> {
    rows.into_iter().map(Columns::into_job).collect::<Result<_, _>>().map_err(decode_error)
}

/// Only the filters that are set are in the query: `? IS NULL OR …` would keep
/// SQLite from using the index of the one that is.
pub(super) fn list_query(filter: &JobFilter, most: usize) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new(concat!("SELECT ", columns!()));
    if filter.results {
        query.push(", result");
    }
    query.push(" FROM recap_jobs");
    if let Some(index) = list_index(filter) {
        query.push(" INDEXED BY recap_jobs_").push(index);
    }
    query.push(" WHERE 1");
    let texts = [
        ("owner", filter.owner.as_ref().map(|it| it.as_str().to_owned())),
        ("batch", filter.batch.map(|it| it.to_string())),
        ("code", filter.code.map(|it| it.to_string())),
        ("status", filter.status.map(|it| it.to_string())),
        ("kind", filter.kind.map(|it| it.to_string())),
        ("video_id", filter.video.map(|it| it.to_string())),
    ];
    for (column, text) in texts {
        if let Some(text) = text {
            query.push(" AND ").push(column).push(" = ").push_bind(text);
        }
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

/// The index that finds least beside what is wanted. SQLite does not know which
/// that is, and would rather read all jobs in the order of the list.
fn list_index(filter: &JobFilter) -> Option<&'static str> {
    let JobFilter { owner, batch, code, status, kind, video, created_after, .. } = filter;
    let of_owner = owner.is_some();
    let choices = [
        ("by_batch", batch.is_some()),
        ("by_code", code.is_some()),
        ("by_owner_video", of_owner && video.is_some()),
        ("by_video", video.is_some()),
        ("by_owner_status", of_owner && status.is_some()),
        ("by_owner", of_owner),
        ("by_status", status.is_some()),
        ("by_kind", kind.is_some()),
        ("by_created", created_after.is_some()),
    ];
    choices.into_iter().find(|it| it.1).map(|it| it.0)
}

/// Whether a job knows its video is looked up in those of its owner about it.
pub(super) const FIND_VIDEO: &str = "
    SELECT doc ->> '$.video' FROM recap_jobs INDEXED BY recap_jobs_by_owner_video
    WHERE owner = ?1 AND video_id = ?2 AND doc ->> '$.video' IS NOT NULL
    ORDER BY id DESC LIMIT 1";

pub(super) async fn find_video(
    pool: &Pool,
    owner: &Owner,
    video: VideoId,
) -> Result<Option<VideoMetadata>, sqlx::Error> {
    let found: Option<String> = sqlx::query_scalar(FIND_VIDEO)
        .bind(owner.as_str())
        .bind(video.to_string())
        .fetch_optional(pool)
        .await?;
    found.as_deref().map(from_json).transpose()
}
