//! What the reconciler asks for: jobs that seem lost, jobs whose time is over,
//! and jobs to forget; and those that are to go before.
//!
//! The indexes are named, because SQLite would rather take the one by status
//! and look at every job that has it.

use std::time::Duration;

use jiff::Timestamp;
use recap_core::error::Failure;
use recap_core::job::JobId;
use recap_core::ports::{Delete, Entry};
use recap_sqlite::Pool;

use super::read::exists;
use super::row::{decode_error, limit, pointer, to_json};
use crate::document::{Pointer, millis};

/// `waiting_since` is never before `retry_at`, so patience counts from the
/// moment a job became due. A job whose lease has just ended is named at once,
/// and after that, like the others, once per patience.
pub(super) const TAKE_STALE: &str = concat!(
    "UPDATE recap_jobs SET waiting_since = ?1
     WHERE id IN (
         SELECT id FROM (
             SELECT id, waiting_since FROM recap_jobs INDEXED BY recap_jobs_queued
             WHERE status = 'queued' AND waiting_since <= ?2
             UNION ALL
             SELECT id, waiting_since FROM recap_jobs INDEXED BY recap_jobs_running
             WHERE status = 'running' AND lease_until <= ?1
               AND (waiting_since < lease_until OR waiting_since <= ?2)
         )
         ORDER BY waiting_since LIMIT ?3
     )
     RETURNING ",
    pointer!()
);

pub(super) async fn take_stale(
    pool: &Pool,
    now: Timestamp,
    patience: Duration,
    most: usize,
) -> Result<Vec<Entry>, sqlx::Error> {
    let patience = i64::try_from(patience.as_millis()).unwrap_or(i64::MAX);
    let taken: Vec<Pointer> = sqlx::query_as(TAKE_STALE)
        .bind(millis(now))
        .bind(millis(now).saturating_sub(patience))
        .bind(limit(most))
        .fetch_all(pool)
        .await?;
    Ok(taken.into_iter().filter_map(Pointer::into_entry).collect())
}

/// A running job is waiting too once its lease has ended: nobody works on it.
pub(super) const EXPIRE: &str = "
    UPDATE recap_jobs
    SET status = 'expired', error = ?2, completed_at = ?1, expires_at = ?3, retry_at = NULL,
        waiting_reason = NULL, lease_until = 0, crashes = 0, cancel_requested = 0,
        parked = 0, leader = NULL,
        revision = revision + 1
    WHERE id IN (
        SELECT id FROM recap_jobs INDEXED BY recap_jobs_queued_expiry
        WHERE status = 'queued' AND expires_at <= ?1
        UNION ALL
        SELECT id FROM recap_jobs INDEXED BY recap_jobs_running
        WHERE status = 'running' AND lease_until <= ?1 AND expires_at <= ?1
        LIMIT ?4
    )
    RETURNING id";

pub(super) async fn expire(
    pool: &Pool,
    now: Timestamp,
    failure: &Failure,
    forget_at: Timestamp,
    most: usize,
) -> Result<Vec<JobId>, sqlx::Error> {
    let ids: Vec<String> = sqlx::query_scalar(EXPIRE)
        .bind(millis(now))
        .bind(to_json(failure)?)
        .bind(millis(forget_at))
        .bind(limit(most))
        .fetch_all(pool)
        .await?;
    ids.iter().map(|it| it.parse::<JobId>().map_err(decode_error)).collect()
}

/// What is kept for a job goes with it, by foreign keys.
pub(super) const FORGET: &str = "
    DELETE FROM recap_jobs WHERE id IN (
        SELECT id FROM recap_jobs INDEXED BY recap_jobs_ended
        WHERE status NOT IN ('queued', 'running') AND expires_at <= ?1
        LIMIT ?2
    )";

pub(super) async fn forget(pool: &Pool, now: Timestamp, most: usize) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(FORGET).bind(millis(now)).bind(limit(most)).execute(pool).await?;
    Ok(done.rows_affected())
}

pub(super) const DELETE: &str =
    "DELETE FROM recap_jobs WHERE id = ?1 AND status NOT IN ('queued', 'running')";

pub(super) async fn delete(pool: &Pool, id: JobId) -> Result<Delete, sqlx::Error> {
    let done = sqlx::query(DELETE).bind(id.to_string()).execute(pool).await?;
    if done.rows_affected() == 1 {
        return Ok(Delete::Deleted);
    }
    // If it has ended since, it had not when it was to be deleted.
    Ok(if exists(pool, id).await? { Delete::Open } else { Delete::Missing })
}
