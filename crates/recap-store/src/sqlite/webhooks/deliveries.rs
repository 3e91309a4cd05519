//! The life of a message: made, taken, changed by who has read it last, and
//! forgotten.

use std::time::Duration;

use jiff::Timestamp;
use recap_core::job::Owner;
use recap_core::webhook::{Delivery, DeliveryId};
use recap_sqlite::Pool;

use crate::document::{DeliveryColumns, endpoint_of, millis};
use crate::sqlite::row::{decode_error, limit, to_json};

/// The columns of a [`DeliveryColumns`].
macro_rules! delivery {
    () => {
        "next_attempt_at, revision, doc"
    };
}
pub(super) use delivery;

pub(in crate::sqlite) const INSERT: &str = "
    INSERT INTO recap_deliveries (
        id, owner, endpoint, job, event, status, created_at, next_attempt_at, expires_at,
        revision, doc
    ) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
    ON CONFLICT (id) DO NOTHING";

pub(in crate::sqlite) async fn insert(
    pool: &Pool,
    delivery: &Delivery,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(INSERT)
        .bind(delivery.id.to_string())
        .bind(delivery.owner.as_str())
        .bind(endpoint_of(delivery))
        .bind(delivery.job.map(|it| it.to_string()))
        .bind(delivery.event.to_string())
        .bind(delivery.status.to_string())
        .bind(millis(delivery.created_at))
        .bind(delivery.next_attempt_at.map(millis))
        .bind(millis(delivery.expires_at))
        .bind(delivery.revision.cast_signed())
        .bind(to_json(delivery)?)
        .execute(pool)
        .await?;
    Ok(done.rows_affected() == 1)
}

pub(in crate::sqlite) const FIND: &str =
    concat!("SELECT ", delivery!(), " FROM recap_deliveries WHERE id = ?1 AND owner = ?2");

pub(in crate::sqlite) async fn find(
    pool: &Pool,
    owner: &Owner,
    id: DeliveryId,
) -> Result<Option<Delivery>, sqlx::Error> {
    let found: Option<DeliveryColumns> =
        sqlx::query_as(FIND).bind(id.to_string()).bind(owner.as_str()).fetch_optional(pool).await?;
    found.map(DeliveryColumns::into_delivery).transpose().map_err(decode_error)
}

/// One that ended has no `next_attempt_at`.
pub(in crate::sqlite) const CLAIM: &str = concat!(
    "UPDATE recap_deliveries SET next_attempt_at = ?3, revision = revision + 1
     WHERE id = ?1 AND status = 'pending' AND next_attempt_at <= ?2
     RETURNING ",
    delivery!()
);

pub(in crate::sqlite) async fn claim(
    pool: &Pool,
    id: DeliveryId,
    now: Timestamp,
    lease: Duration,
) -> Result<Option<Delivery>, sqlx::Error> {
    let lease = i64::try_from(lease.as_millis()).unwrap_or(i64::MAX);
    let taken: Vec<DeliveryColumns> = sqlx::query_as(CLAIM)
        .bind(id.to_string())
        .bind(millis(now))
        .bind(millis(now).saturating_add(lease))
        .fetch_all(pool)
        .await?;
    let taken = taken.into_iter().next();
    taken.map(DeliveryColumns::into_delivery).transpose().map_err(decode_error)
}

/// Owner, target, event and job never change.
pub(in crate::sqlite) const SET: &str = "
    UPDATE recap_deliveries
    SET status = ?3, next_attempt_at = ?4, expires_at = ?5, doc = ?6, revision = revision + 1
    WHERE id = ?1 AND revision = ?2";

pub(in crate::sqlite) async fn set(pool: &Pool, delivery: &Delivery) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(SET)
        .bind(delivery.id.to_string())
        .bind(delivery.revision.cast_signed())
        .bind(delivery.status.to_string())
        .bind(delivery.next_attempt_at.map(millis))
        .bind(millis(delivery.expires_at))
        .bind(to_json(delivery)?)
        .execute(pool)
        .await?;
    Ok(done.rows_affected() == 1)
}

pub(in crate::sqlite) const DUE: &str = "
    SELECT id, revision FROM recap_deliveries INDEXED BY recap_deliveries_due
    WHERE status = 'pending' AND next_attempt_at <= ?1
    ORDER BY next_attempt_at LIMIT ?2";

pub(in crate::sqlite) async fn due(
    pool: &Pool,
    now: Timestamp,
    patience: Duration,
    most: usize,
) -> Result<Vec<(DeliveryId, u64)>, sqlx::Error> {
    let patience = i64::try_from(patience.as_millis()).unwrap_or(i64::MAX);
    let due: Vec<(String, i64)> = sqlx::query_as(DUE)
        .bind(millis(now).saturating_sub(patience))
        .bind(limit(most))
        .fetch_all(pool)
        .await?;
    let read = |(id, revision): (String, i64)| {
        Ok((id.parse().map_err(decode_error)?, u64::try_from(revision).map_err(decode_error)?))
    };
    due.into_iter().map(read).collect()
}

pub(in crate::sqlite) const FORGET: &str = "
    DELETE FROM recap_deliveries WHERE id IN (
        SELECT id FROM recap_deliveries INDEXED BY recap_deliveries_expired
        WHERE expires_at <= ?1 LIMIT ?2
    )";

pub(in crate::sqlite) async fn forget(
    pool: &Pool,
    now: Timestamp,
    most: usize,
) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(FORGET).bind(millis(now)).bind(limit(most)).execute(pool).await?;
    Ok(done.rows_affected())
}
