//! An API key as it is kept.

use recap_core::key::ApiKey;
use recap_core::ports::BoxError;

use super::{from_json, optional_timestamp};

/// What is read back of a key.
#[derive(sqlx::FromRow)]
pub(crate) struct KeyColumns {
    pub(crate) last_used_at: Option<i64>,
    pub(crate) revoked_at: Option<i64>,
    pub(crate) doc: String,
}

impl KeyColumns {
    pub(crate) fn into_key(self) -> Result<ApiKey, BoxError> {
        let mut key: ApiKey = from_json(&self.doc)?;
        key.last_used_at = optional_timestamp(self.last_used_at, key.last_used_at)?;
        key.revoked_at = optional_timestamp(self.revoked_at, key.revoked_at)?;
        Ok(key)
    }
}
