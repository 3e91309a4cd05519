//! API keys.

use async_trait::async_trait;
use jiff::Timestamp;
use recap_core::key::{ApiKey, KeyId};
use recap_core::ports::{Keys, StoreError};

use super::row::{decode_error, limit, to_json};
use super::{SqliteStore, store_error};
use crate::document::{KeyColumns, millis};

/// The columns of a [`KeyColumns`].
macro_rules! key {
    () => {
        "last_used_at, revoked_at, doc"
    };
}

const PUT: &str = "
    INSERT INTO recap_keys (id, prefix, created_at, last_used_at, revoked_at, doc)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)
    ON CONFLICT (id) DO UPDATE SET prefix = excluded.prefix, created_at = excluded.created_at,
        last_used_at = excluded.last_used_at, revoked_at = excluded.revoked_at,
        doc = excluded.doc";

pub(super) const FIND: &str = concat!("SELECT ", key!(), " FROM recap_keys WHERE prefix = ?1");

pub(super) const FIND_BY_ID: &str = concat!("SELECT ", key!(), " FROM recap_keys WHERE id = ?1");

pub(super) const LIST: &str =
    concat!("SELECT ", key!(), " FROM recap_keys ORDER BY created_at DESC, id DESC LIMIT ?1");

/// The first time counts.
pub(super) const REVOKE: &str =
    "UPDATE recap_keys SET revoked_at = coalesce(revoked_at, ?2) WHERE id = ?1";

pub(super) const NOTE_USE: &str = "
    UPDATE recap_keys SET last_used_at = ?2
    WHERE id = ?1 AND (last_used_at IS NULL OR last_used_at < ?2)";

impl SqliteStore {
    async fn read_key(&self, sql: &'static str, by: &str) -> Result<Option<ApiKey>, StoreError> {
        let found: Option<KeyColumns> =
            sqlx::query_as(sql).bind(by).fetch_optional(&self.reader).await.map_err(store_error)?;
        found.map(KeyColumns::into_key).transpose().map_err(StoreError)
    }

    async fn read_keys(&self, most: usize) -> Result<Vec<ApiKey>, sqlx::Error> {
        let found: Vec<KeyColumns> =
            sqlx::query_as(LIST).bind(limit(most)).fetch_all(&self.reader).await?;
        found.into_iter().map(KeyColumns::into_key).collect::<Result<_, _>>().map_err(decode_error)
    }
}

#[async_trait]
impl Keys for SqliteStore {
    async fn put_key(&self, key: &ApiKey) -> Result<(), StoreError> {
        sqlx::query(PUT)
            .bind(key.id.to_string())
            .bind(&key.prefix)
            .bind(millis(key.created_at))
            .bind(key.last_used_at.map(millis))
            .bind(key.revoked_at.map(millis))
            .bind(to_json(key).map_err(store_error)?)
            .execute(&self.writer)
            .await
            .map(|_| ())
            .map_err(store_error)
    }

    async fn find_key(&self, prefix: &str) -> Result<Option<ApiKey>, StoreError> {
        self.read_key(FIND, prefix).await
    }

    async fn find_key_by_id(&self, id: KeyId) -> Result<Option<ApiKey>, StoreError> {
        self.read_key(FIND_BY_ID, &id.to_string()).await
    }

    async fn list_keys(&self, limit: usize) -> Result<Vec<ApiKey>, StoreError> {
        self.read_keys(limit).await.map_err(store_error)
    }

    async fn revoke_key(&self, id: KeyId, at: Timestamp) -> Result<bool, StoreError> {
        let query = sqlx::query(REVOKE).bind(id.to_string()).bind(millis(at));
        let done = query.execute(&self.writer).await.map_err(store_error)?;
        Ok(done.rows_affected() == 1)
    }

    async fn note_use(&self, id: KeyId, at: Timestamp) -> Result<(), StoreError> {
        let query = sqlx::query(NOTE_USE).bind(id.to_string()).bind(millis(at));
        query.execute(&self.writer).await.map(|_| ()).map_err(store_error)
    }

    async fn has_keys(&self) -> Result<bool, StoreError> {
        let query = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM recap_keys)");
        query.fetch_one(&self.reader).await.map_err(store_error)
    }
}
