//! Roles that one process has at a time, and what the operator wants.

use jiff::Timestamp;
use recap_core::ports::Control;
use recap_sqlite::Pool;

use super::row::{from_json, to_json};
use crate::document::millis;

pub(super) const HOLD: &str = "
    INSERT INTO recap_roles (name, holder, until) VALUES (?1, ?2, ?4)
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
    WHERE holder = excluded.holder OR until <= ?3";

pub(super) async fn hold(
    pool: &Pool,
    name: &str,
    holder: &str,
    now: Timestamp,
    until: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(HOLD)
        .bind(name)
        .bind(holder)
        .bind(millis(now))
        .bind(millis(until))
        .execute(pool)
        .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) const CONTROL: &str = "SELECT doc FROM recap_control WHERE id = 1";

pub(super) async fn control(pool: &Pool) -> Result<Control, sqlx::Error> {
    let doc: Option<String> = sqlx::query_scalar(CONTROL).fetch_optional(pool).await?;
    doc.as_deref().map(from_json).transpose().map(Option::unwrap_or_default)
}

pub(super) const SET_CONTROL: &str = "
    INSERT INTO recap_control (id, doc) VALUES (1, ?1)
    ON CONFLICT (id) DO UPDATE SET doc = excluded.doc";

pub(super) async fn set_control(pool: &Pool, control: &Control) -> Result<(), sqlx::Error> {
    sqlx::query(SET_CONTROL).bind(to_json(control)?).execute(pool).await?;
    Ok(())
}
