//! Canceling: at once what waits, by a mark what runs.

use jiff::Timestamp;
use recap_core::error::Failure;
use recap_core::job::JobId;
use recap_core::ports::Cancel;
use recap_sqlite::Pool;

use super::read::exists;
use super::row::to_json;
use crate::document::millis;

pub(super) const CANCEL: &str = "
    UPDATE recap_jobs
    SET status = CASE status WHEN 'queued' THEN 'canceled' ELSE status END,
        error = CASE status WHEN 'queued' THEN ?2 ELSE error END,
        completed_at = CASE status WHEN 'queued' THEN ?3 ELSE completed_at END,
        expires_at = CASE status WHEN 'queued' THEN ?4 ELSE expires_at END,
        retry_at = NULL, waiting_reason = NULL, parked = 0, leader = NULL,
        cancel_requested = status = 'running',
        revision = revision + 1
    WHERE id = ?1 AND status IN ('queued', 'running')
    RETURNING status = 'canceled'";

pub(super) async fn cancel(
    pool: &Pool,
    id: JobId,
    failure: &Failure,
    now: Timestamp,
    forget_at: Timestamp,
) -> Result<Cancel, sqlx::Error> {
    let rows: Vec<bool> = sqlx::query_scalar(CANCEL)
        .bind(id.to_string())
        .bind(to_json(failure)?)
        .bind(millis(now))
        .bind(millis(forget_at))
        .fetch_all(pool)
        .await?;
    match rows.first() {
        Some(true) => return Ok(Cancel::Canceled),
        Some(false) => return Ok(Cancel::Requested),
        None => {}
    }
    // It had ended or is not there, and neither can change by now: an ended
    // job stays as it is, and ids are not used twice.
    Ok(if exists(pool, id).await? { Cancel::Finished } else { Cancel::Missing })
}
