//! How many jobs there are.

use recap_core::job::{BatchCounts, JobId, Owner, Status};

use super::row::decode_error;
use recap_sqlite::Pool;

pub(super) const COUNT_OPEN: &str = "
    SELECT count(*) FROM (
        SELECT 1 FROM recap_jobs INDEXED BY recap_jobs_by_status
        WHERE status IN ('queued', 'running') LIMIT ?1
    )";

pub(super) const COUNT_OPEN_OF_OWNER: &str = "
    SELECT count(*) FROM (
        SELECT 1 FROM recap_jobs INDEXED BY recap_jobs_by_owner_status
        WHERE owner = ?2 AND status IN ('queued', 'running') LIMIT ?1
    )";

pub(super) async fn count_open(
    pool: &Pool,
    owner: Option<&Owner>,
    most: u64,
) -> Result<u64, sqlx::Error> {
    let sql = if owner.is_some() { COUNT_OPEN_OF_OWNER } else { COUNT_OPEN };
    let mut query = sqlx::query_scalar(sql).bind(i64::try_from(most).unwrap_or(i64::MAX));
    if let Some(owner) = owner {
        query = query.bind(owner.as_str());
    }
    let count: i64 = query.fetch_one(pool).await?;
    u64::try_from(count).map_err(decode_error)
}

pub(super) const COUNT_BATCH: &str = "
    SELECT status, count(*) FROM recap_jobs INDEXED BY recap_jobs_by_batch
    WHERE batch = ?1 GROUP BY status";

pub(super) async fn count_batch(pool: &Pool, batch: JobId) -> Result<BatchCounts, sqlx::Error> {
    let rows: Vec<(String, u32)> =
        sqlx::query_as(COUNT_BATCH).bind(batch.to_string()).fetch_all(pool).await?;
    let mut counts = BatchCounts::default();
    for (status, count) in rows {
        let status: Status = status.parse().map_err(decode_error)?;
        (0..count).for_each(|_| counts.add(status));
    }
    Ok(counts)
}
