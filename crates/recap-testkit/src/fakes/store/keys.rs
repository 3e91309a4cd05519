//! Keys in a map.

use async_trait::async_trait;
use jiff::Timestamp;
use recap_core::key::{ApiKey, KeyId};
use recap_core::ports::{Keys, StoreError};

use super::MemoryStore;

#[async_trait]
impl Keys for MemoryStore {
    async fn put_key(&self, key: &ApiKey) -> Result<(), StoreError> {
        self.state().await?.keys.insert(key.id, key.clone());
        Ok(())
    }

    async fn find_key(&self, prefix: &str) -> Result<Option<ApiKey>, StoreError> {
        Ok(self.state().await?.keys.values().find(|it| it.prefix == prefix).cloned())
    }

    async fn find_key_by_id(&self, id: KeyId) -> Result<Option<ApiKey>, StoreError> {
        Ok(self.state().await?.keys.get(&id).cloned())
    }

    async fn list_keys(&self, limit: usize) -> Result<Vec<ApiKey>, StoreError> {
        let mut keys: Vec<ApiKey> = self.state().await?.keys.values().cloned().collect();
        keys.sort_by_key(|it| std::cmp::Reverse((it.created_at, it.id)));
        keys.truncate(limit);
        Ok(keys)
    }

    async fn revoke_key(&self, id: KeyId, at: Timestamp) -> Result<bool, StoreError> {
        let mut state = self.state().await?;
        let Some(key) = state.keys.get_mut(&id) else { return Ok(false) };
        key.revoked_at.get_or_insert(at);
        Ok(true)
    }

    async fn note_use(&self, id: KeyId, at: Timestamp) -> Result<(), StoreError> {
        if let Some(key) = self.state().await?.keys.get_mut(&id) {
            key.last_used_at = key.last_used_at.max(Some(at));
        }
        Ok(())
    }

    async fn has_keys(&self) -> Result<bool, StoreError> {
        Ok(!self.state().await?.keys.is_empty())
    }
}
