//! API keys.

use async_trait::async_trait;
use jiff::Timestamp;
use mongodb::bson::{Document, doc};
use recap_core::key::{ApiKey, KeyId};
use recap_core::ports::{BoxError, Keys, StoreError};

use super::command::Query;
use super::document::{Change, date, optional_millis, text};
use super::{KEYS, MongoStore};
use crate::document::{KeyColumns, to_json};

fn fields() -> Document {
    doc! { "_id": 0, "last_used_at": 1, "revoked_at": 1, "doc": 1 }
}

fn read(fields: &Document) -> Result<ApiKey, BoxError> {
    let columns = KeyColumns {
        last_used_at: optional_millis(fields, "last_used_at")?,
        revoked_at: optional_millis(fields, "revoked_at")?,
        doc: text(fields, "doc")?,
    };
    columns.into_key()
}

/// All but the `_id`.
pub(super) fn key(key: &ApiKey) -> Result<Change, BoxError> {
    let mut change = Change::default();
    change.put("prefix", Some(key.prefix.as_str()));
    change.put("created_at", Some(date(key.created_at)));
    change.put("last_used_at", key.last_used_at.map(date));
    change.put("revoked_at", key.revoked_at.map(date));
    change.put("doc", Some(to_json(key)?));
    Ok(change)
}

impl MongoStore {
    async fn read_key(&self, filter: Document) -> Result<Option<ApiKey>, StoreError> {
        let found = self.server.find_one(KEYS, filter, fields()).await?;
        found.as_ref().map(read).transpose().map_err(StoreError)
    }

    async fn read_keys(
        &self,
        projection: Document,
        limit: usize,
    ) -> Result<Vec<Document>, StoreError> {
        let query = Query {
            filter: doc! {},
            projection,
            sort: Some(doc! { "created_at": -1, "_id": -1 }),
            limit: Some(limit),
            hint: Some("by_created"),
        };
        self.server.find(KEYS, query).await
    }
}

#[async_trait]
impl Keys for MongoStore {
    async fn put_key(&self, api_key: &ApiKey) -> Result<(), StoreError> {
        let id = doc! { "_id": api_key.id.to_string() };
        let change = key(api_key).map_err(StoreError)?.into_operators();
        // `false` means that somebody has just made it: then it is there.
        if !self.server.put(KEYS, id.clone(), change.clone()).await? {
            self.server.put(KEYS, id, change).await?;
        }
        Ok(())
    }

    async fn find_key(&self, prefix: &str) -> Result<Option<ApiKey>, StoreError> {
        self.read_key(doc! { "prefix": prefix }).await
    }

    async fn find_key_by_id(&self, id: KeyId) -> Result<Option<ApiKey>, StoreError> {
        self.read_key(doc! { "_id": id.to_string() }).await
    }

    async fn list_keys(&self, limit: usize) -> Result<Vec<ApiKey>, StoreError> {
        if limit == 0 {
            // Which the server takes for "no limit".
            return Ok(Vec::new());
        }
        let found = self.read_keys(fields(), limit).await?;
        found.iter().map(read).collect::<Result<_, _>>().map_err(StoreError)
    }

    async fn revoke_key(&self, id: KeyId, at: Timestamp) -> Result<bool, StoreError> {
        let id = id.to_string();
        let valid = doc! { "_id": &id, "revoked_at": { "$exists": false } };
        let change = doc! { "$set": { "revoked_at": date(at) } };
        if self.server.change(KEYS, valid, change).await? {
            return Ok(true);
        }
        // It was revoked before, or is not there.
        Ok(self.server.find_one(KEYS, doc! { "_id": id }, doc! { "_id": 1 }).await?.is_some())
    }

    async fn note_use(&self, id: KeyId, at: Timestamp) -> Result<(), StoreError> {
        let change = doc! { "$max": { "last_used_at": date(at) } };
        self.server.change(KEYS, doc! { "_id": id.to_string() }, change).await.map(|_| ())
    }

    async fn has_keys(&self) -> Result<bool, StoreError> {
        Ok(!self.read_keys(doc! { "_id": 1 }, 1).await?.is_empty())
    }
}
