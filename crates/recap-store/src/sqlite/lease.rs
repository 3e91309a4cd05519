//! The life of a row: claimed, written under a lease, and given back or ended.

use std::time::Duration;

use jiff::Timestamp;
use recap_core::job::{Job, JobId};
use recap_core::ports::{Claim, Lease, Release, Renewal};
use recap_sqlite::Pool;
use sqlx::FromRow;

use super::row::{columns, decode_error, documents, to_json};
use crate::document::{Columns, millis, told_number};

#[derive(FromRow)]
struct ClaimRow {
    fence: i64,
    crashes: u32,
    #[sqlx(flatten)]
    job: Columns,
}

/// Raises fence and crash counter in the statement that takes the job, so a
/// worker that dies at once has been counted. A lease that ends now has ended.
/// A parked job waits from then on, so that it is missed when its lease ends.
pub(super) const CLAIM: &str = concat!(
    "UPDATE recap_jobs
     SET status = 'running', fence = fence + 1, crashes = crashes + 1, lease_until = ?3,
         started_at = coalesce(started_at, ?2), retry_at = NULL, waiting_reason = NULL,
         parked = 0, leader = NULL, waiting_since = min(waiting_since, ?2),
         revision = revision + 1
     WHERE id = ?1
       AND (status = 'queued' AND coalesce(retry_at, ?2) <= ?2
            OR status = 'running' AND lease_until <= ?2)
     RETURNING fence, crashes, result, ",
    columns!()
);

pub(super) async fn claim(
    pool: &Pool,
    id: JobId,
    now: Timestamp,
    lease: Duration,
) -> Result<Option<Claim>, sqlx::Error> {
    let lease = i64::try_from(lease.as_millis()).unwrap_or(i64::MAX);
    let rows: Vec<ClaimRow> = sqlx::query_as(CLAIM)
        .bind(id.to_string())
        .bind(millis(now))
        .bind(millis(now).saturating_add(lease))
        .fetch_all(pool)
        .await?;
    let Some(row) = rows.into_iter().next() else { return Ok(None) };
    Ok(Some(Claim {
        lease: Lease { job: id, fence: u64::try_from(row.fence).map_err(decode_error)? },
        // The column counts this claim already.
        crashes: row.crashes.saturating_sub(1),
        job: row.job.into_job().map_err(decode_error)?,
    }))
}

/// Holding a lease is not a write to the job: the revision stays, or every poll
/// of a running job would be answered in full.
pub(super) const RENEW: &str = "
    UPDATE recap_jobs SET lease_until = ?3
    WHERE id = ?1 AND fence = ?2 AND status = 'running'
    RETURNING cancel_requested";

pub(super) async fn renew(
    pool: &Pool,
    lease: Lease,
    until: Timestamp,
) -> Result<Renewal, sqlx::Error> {
    let rows: Vec<bool> = sqlx::query_scalar(RENEW)
        .bind(lease.job.to_string())
        .bind(lease.fence.cast_signed())
        .bind(millis(until))
        .fetch_all(pool)
        .await?;
    Ok(match rows.first() {
        None => Renewal::Lost,
        Some(false) => Renewal::Held,
        Some(true) => Renewal::CancelRequested,
    })
}

pub(super) const SAVE: &str = "
    UPDATE recap_jobs SET doc = ?3, error = ?4, result = ?5, revision = revision + 1
    WHERE id = ?1 AND fence = ?2 AND status = 'running'";

pub(super) async fn save(pool: &Pool, lease: Lease, job: &Job) -> Result<bool, sqlx::Error> {
    let documents = documents(job)?;
    let done = sqlx::query(SAVE)
        .bind(lease.job.to_string())
        .bind(lease.fence.cast_signed())
        .bind(documents.doc)
        .bind(documents.error)
        .bind(documents.result)
        .execute(pool)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// A wish to cancel stays, and makes the job due at once: the next worker hears
/// of it at its first renewal.
pub(super) const RELEASE: &str = "
    UPDATE recap_jobs
    SET status = 'queued', attempts = ?5, expires_at = ?6, lease_until = 0, crashes = ?8,
        leader = iif(cancel_requested, NULL, ?9),
        doc = iif(doc ->> '$.follows' IS ?9, doc, json_set(doc, '$.follows', ?9)),
        retry_at = iif(cancel_requested, NULL, ?3),
        waiting_reason = iif(cancel_requested, NULL, ?4),
        waiting_since = iif(cancel_requested, ?7, max(?7, coalesce(?3, ?7))),
        revision = revision + 1
    WHERE id = ?1 AND fence = ?2 AND status = 'running'";

pub(super) async fn release(
    pool: &Pool,
    lease: Lease,
    release: &Release,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(RELEASE)
        .bind(lease.job.to_string())
        .bind(lease.fence.cast_signed())
        .bind(release.retry_at.map(millis))
        .bind(release.waiting_reason.as_ref().map(to_json).transpose()?)
        .bind(release.attempts)
        .bind(millis(release.expires_at))
        .bind(millis(now))
        .bind(release.crashes)
        .bind(release.follows.map(|it| it.to_string()))
        .execute(pool)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// A status that does not end the job is refused like a lost lease: written,
/// it would leave a running job that nobody holds.
pub(super) const FINISH: &str = "
    UPDATE recap_jobs
    SET status = ?3, started_at = ?4, completed_at = ?5, expires_at = ?6, retry_at = ?7,
        waiting_reason = ?8, attempts = ?9, error = ?10, doc = ?11, result = ?12,
        told = max(told, ?13), lease_until = 0, crashes = 0, cancel_requested = 0, revision = revision + 1
    WHERE id = ?1 AND fence = ?2 AND status = 'running' AND ?3 NOT IN ('queued', 'running')";

pub(super) async fn finish(pool: &Pool, lease: Lease, job: &Job) -> Result<bool, sqlx::Error> {
    let documents = documents(job)?;
    let done = sqlx::query(FINISH)
        .bind(lease.job.to_string())
        .bind(lease.fence.cast_signed())
        .bind(job.status.to_string())
        .bind(job.started_at.map(millis))
        .bind(job.completed_at.map(millis))
        .bind(millis(job.expires_at))
        .bind(job.retry_at.map(millis))
        .bind(documents.waiting_reason)
        .bind(job.attempts)
        .bind(documents.error)
        .bind(documents.doc)
        .bind(documents.result)
        .bind(told_number(job.told))
        .execute(pool)
        .await?;
    Ok(done.rows_affected() == 1)
}
