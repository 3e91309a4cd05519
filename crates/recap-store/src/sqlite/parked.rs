//! Jobs that wait outside the queue, and how many wait in it.
//!
//! One index answers all of it: by lane, by owner in it, and by age.

use jiff::Timestamp;
use recap_core::job::{Lane, Owner};
use recap_core::ports::Entry;
use recap_sqlite::Pool;

use super::row::{decode_error, limit, pointer};
use crate::document::{Pointer, known_lane, lane_text, millis};

pub(super) const COUNT_WAITING: &str = "
    SELECT count(*) FROM (
        SELECT 1 FROM recap_jobs INDEXED BY recap_jobs_lanes
        WHERE status = 'queued' AND parked = 0 AND lane = ?1 AND retry_at IS NULL LIMIT ?2
    )";

pub(super) const COUNT_WAITING_OF_OWNER: &str = "
    SELECT count(*) FROM (
        SELECT 1 FROM recap_jobs INDEXED BY recap_jobs_lanes
        WHERE status = 'queued' AND parked = 0 AND lane = ?1 AND owner = ?3 AND retry_at IS NULL
        LIMIT ?2
    )";

pub(super) async fn count_waiting(
    pool: &Pool,
    lane: &Lane,
    owner: Option<&Owner>,
    most: u64,
) -> Result<u64, sqlx::Error> {
    let sql = if owner.is_some() { COUNT_WAITING_OF_OWNER } else { COUNT_WAITING };
    let mut query =
        sqlx::query_scalar(sql).bind(lane_text(lane)).bind(i64::try_from(most).unwrap_or(i64::MAX));
    if let Some(owner) = owner {
        query = query.bind(owner.as_str());
    }
    let count: i64 = query.fetch_one(pool).await?;
    u64::try_from(count).map_err(decode_error)
}

pub(super) const HAS_PARKED: &str = "
    SELECT EXISTS (
        SELECT 1 FROM recap_jobs INDEXED BY recap_jobs_lanes
        WHERE status = 'queued' AND parked = 1 AND lane = ?1 AND owner = ?2
    )";

pub(super) async fn has_parked(
    pool: &Pool,
    lane: &Lane,
    owner: &Owner,
) -> Result<bool, sqlx::Error> {
    let query = sqlx::query_scalar(HAS_PARKED).bind(lane_text(lane)).bind(owner.as_str());
    query.fetch_one(pool).await
}

/// From one lane to the next, so that it takes as long as there are lanes, and
/// not as there are jobs.
pub(super) const PARKED_LANES: &str = "
    WITH RECURSIVE lanes (lane) AS (
        SELECT min(lane) FROM recap_jobs INDEXED BY recap_jobs_lanes
        WHERE status = 'queued' AND parked = 1
        UNION ALL
        SELECT (
            SELECT min(lane) FROM recap_jobs INDEXED BY recap_jobs_lanes
            WHERE status = 'queued' AND parked = 1 AND lane > lanes.lane
        )
        FROM lanes WHERE lanes.lane IS NOT NULL
    )
    SELECT lane FROM lanes WHERE lane IS NOT NULL";

pub(super) async fn parked_lanes(pool: &Pool) -> Result<Vec<Lane>, sqlx::Error> {
    let lanes: Vec<String> = sqlx::query_scalar(PARKED_LANES).fetch_all(pool).await?;
    Ok(lanes.iter().filter_map(|it| known_lane(it)).collect())
}

/// No owner's name is empty, so that everyone comes after the empty one.
pub(super) const NEXT_PARKED: &str = "
    SELECT owner FROM recap_jobs INDEXED BY recap_jobs_lanes
    WHERE status = 'queued' AND parked = 1 AND lane = ?1 AND owner > ?2
    ORDER BY owner LIMIT 1";

pub(super) async fn next_parked(
    pool: &Pool,
    lane: &Lane,
    after: Option<&Owner>,
) -> Result<Option<Owner>, sqlx::Error> {
    let owner: Option<String> = sqlx::query_scalar(NEXT_PARKED)
        .bind(lane_text(lane))
        .bind(after.map_or("", Owner::as_str))
        .fetch_optional(pool)
        .await?;
    Ok(owner.map(Owner::new))
}

pub(super) const UNPARK: &str = concat!(
    "UPDATE recap_jobs SET parked = 0, waiting_since = max(?4, coalesce(retry_at, ?4))
     WHERE id IN (
         SELECT id FROM recap_jobs INDEXED BY recap_jobs_lanes
         WHERE status = 'queued' AND parked = 1 AND lane = ?1 AND owner = ?2
         ORDER BY id LIMIT ?3
     )
     RETURNING ",
    pointer!()
);

pub(super) async fn unpark(
    pool: &Pool,
    lane: &Lane,
    owner: &Owner,
    most: usize,
    now: Timestamp,
) -> Result<Vec<Entry>, sqlx::Error> {
    let mut taken: Vec<Pointer> = sqlx::query_as(UNPARK)
        .bind(lane_text(lane))
        .bind(owner.as_str())
        .bind(limit(most))
        .bind(millis(now))
        .fetch_all(pool)
        .await?;
    // SQLite returns changed rows in no order.
    taken.sort_unstable_by(|left, right| left.id.cmp(&right.id));
    Ok(taken.into_iter().filter_map(Pointer::into_entry).collect())
}
