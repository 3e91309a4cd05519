//! Where API keys are kept.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::key::{ApiKey, KeyId};
use crate::ports::StoreError;

/// Keeps API keys: few, looked up often. Every method may be repeated.
/// Implementations must pass `recap_testkit::conformance::keys`.
#[async_trait]
pub trait Keys: Send + Sync {
    /// Creates or replaces a key.
    async fn put_key(&self, key: &ApiKey) -> Result<(), StoreError>;

    /// The key that is found by `prefix`, valid or not.
    async fn find_key(&self, prefix: &str) -> Result<Option<ApiKey>, StoreError>;

    async fn find_key_by_id(&self, id: KeyId) -> Result<Option<ApiKey>, StoreError>;

    /// All keys, newest first, up to `limit`.
    async fn list_keys(&self, limit: usize) -> Result<Vec<ApiKey>, StoreError>;

    /// Revokes a key that is not revoked yet. Returns whether there is one with
    /// this id.
    async fn revoke_key(&self, id: KeyId, at: Timestamp) -> Result<bool, StoreError>;

    /// Notes that a key was used; an earlier time than known changes nothing.
    async fn note_use(&self, id: KeyId, at: Timestamp) -> Result<(), StoreError>;

    /// Whether there is any key, revoked or not.
    async fn has_keys(&self) -> Result<bool, StoreError>;
}
