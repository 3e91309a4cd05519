//! What webhooks have been told: the untold end of a job is the outbox.

use std::time::Duration;

use jiff::Timestamp;
use recap_core::job::{Job, JobId, Told};
use recap_sqlite::Pool;

use super::read::jobs;
use super::row::{columns, limit};
use crate::document::{Columns, millis, told_number};

pub(super) const SET_TOLD: &str = "UPDATE recap_jobs SET told = ?2 WHERE id = ?1 AND told < ?2";

pub(super) async fn set_told(pool: &Pool, id: JobId, told: Told) -> Result<(), sqlx::Error> {
    let query = sqlx::query(SET_TOLD).bind(id.to_string()).bind(told_number(told));
    query.execute(pool).await.map(|_| ())
}

pub(super) const LIST_UNTOLD: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM recap_jobs INDEXED BY recap_jobs_untold
     WHERE told < 2 AND status NOT IN ('queued', 'running') AND completed_at <= ?1
     ORDER BY completed_at LIMIT ?2"
);

pub(super) async fn list_untold(
    pool: &Pool,
    now: Timestamp,
    patience: Duration,
    most: usize,
) -> Result<Vec<Job>, sqlx::Error> {
    let patience = i64::try_from(patience.as_millis()).unwrap_or(i64::MAX);
    let rows: Vec<Columns> = sqlx::query_as(LIST_UNTOLD)
        .bind(millis(now).saturating_sub(patience))
        .bind(limit(most))
        .fetch_all(pool)
        .await?;
    jobs(rows)
}
