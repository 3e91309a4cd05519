//! Of jobs that would do the same work one leads, and the others follow it; and
//! what waits is woken.

use jiff::Timestamp;
use recap_core::job::JobId;
use recap_core::ports::{Entry, Lease};
use recap_sqlite::Pool;

use super::row::{decode_error, limit, pointer};
use crate::document::{Pointer, millis};

/// Returns who leads after it; nothing if the lease is not held.
pub(super) const LEAD: &str = "
    INSERT INTO recap_leaders (work, job)
    SELECT ?3, id FROM recap_jobs WHERE id = ?1 AND fence = ?2 AND status = 'running'
    ON CONFLICT (work) DO UPDATE SET job = iif(
        EXISTS (
            SELECT 1 FROM recap_jobs
            WHERE id = recap_leaders.job AND status = 'running' AND lease_until > ?4
        ),
        job, excluded.job)
    RETURNING job";

pub(super) async fn lead(
    pool: &Pool,
    lease: Lease,
    work: &str,
    now: Timestamp,
) -> Result<Option<JobId>, sqlx::Error> {
    let leaders: Vec<String> = sqlx::query_scalar(LEAD)
        .bind(lease.job.to_string())
        .bind(lease.fence.cast_signed())
        .bind(work)
        .bind(millis(now))
        .fetch_all(pool)
        .await?;
    let Some(leader) = leaders.first() else { return Ok(None) };
    let leader: JobId = leader.parse().map_err(decode_error)?;
    Ok(Some(leader).filter(|it| *it != lease.job))
}

/// `leader` is who they wait for, until they are taken; whom they follow stays
/// in the document, for the worker.
pub(super) const TAKE_FOLLOWERS: &str = concat!(
    "UPDATE recap_jobs
     SET leader = NULL, parked = 0, retry_at = NULL, waiting_reason = NULL,
         waiting_since = ?2, revision = revision + 1
     WHERE id IN (
         SELECT id FROM recap_jobs INDEXED BY recap_jobs_followers
         WHERE leader = ?1 AND status = 'queued' LIMIT ?3
     )
     RETURNING ",
    pointer!()
);

pub(super) async fn take_followers(
    pool: &Pool,
    leader: JobId,
    now: Timestamp,
    most: usize,
) -> Result<Vec<Entry>, sqlx::Error> {
    let taken: Vec<Pointer> = sqlx::query_as(TAKE_FOLLOWERS)
        .bind(leader.to_string())
        .bind(millis(now))
        .bind(limit(most))
        .fetch_all(pool)
        .await?;
    Ok(taken.into_iter().filter_map(Pointer::into_entry).collect())
}

pub(super) const WAKE: &str = concat!(
    "UPDATE recap_jobs
     SET leader = NULL, parked = 0, retry_at = NULL, waiting_reason = NULL,
         waiting_since = ?2, revision = revision + 1
     WHERE id = ?1 AND status = 'queued' AND retry_at IS NOT NULL
     RETURNING ",
    pointer!()
);

pub(super) async fn wake(
    pool: &Pool,
    id: JobId,
    now: Timestamp,
) -> Result<Option<Entry>, sqlx::Error> {
    let woken: Vec<Pointer> =
        sqlx::query_as(WAKE).bind(id.to_string()).bind(millis(now)).fetch_all(pool).await?;
    Ok(woken.into_iter().find_map(Pointer::into_entry))
}
