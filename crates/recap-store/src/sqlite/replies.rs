//! Answers to requests that may be sent again.

use async_trait::async_trait;
use jiff::Timestamp;
use recap_core::job::JobId;
use recap_core::ports::{Replies, ReplyClaim, ReplyState, StoreError, StoredReply};

use super::row::{decode_error, from_json, limit, to_json};
use super::{SqliteStore, store_error};
use crate::document::millis;

/// Returns the job that the request makes; nothing if the key is not free. Who
/// takes over from a process that died makes the same job; an expired key is like
/// a new one.
pub(super) const CLAIM: &str = "
    INSERT INTO recap_replies (key, fingerprint, job, locked_until, expires_at)
    VALUES (?1, ?2, ?3, ?4, ?5)
    ON CONFLICT (key) DO UPDATE SET
        job = iif(expires_at <= ?6, excluded.job, job),
        fingerprint = excluded.fingerprint, locked_until = excluded.locked_until,
        expires_at = excluded.expires_at, reply = NULL
    WHERE expires_at <= ?6
       OR reply IS NULL AND locked_until <= ?6 AND fingerprint = excluded.fingerprint
    RETURNING job";

pub(super) const FIND: &str = "SELECT fingerprint, reply FROM recap_replies WHERE key = ?1";

/// What was answered once is the answer.
pub(super) const PUT: &str =
    "UPDATE recap_replies SET reply = coalesce(reply, ?3) WHERE key = ?1 AND job = ?2";

pub(super) const DROP: &str =
    "DELETE FROM recap_replies WHERE key = ?1 AND job = ?2 AND reply IS NULL";

pub(super) const WIPE: &str =
    "UPDATE recap_replies SET reply = ?2 WHERE job = ?1 AND reply IS NOT NULL";

pub(super) const FORGET: &str = "
    DELETE FROM recap_replies WHERE key IN (
        SELECT key FROM recap_replies WHERE expires_at <= ?1 LIMIT ?2
    )";

impl SqliteStore {
    async fn take_reply(&self, claim: &ReplyClaim) -> Result<ReplyState, sqlx::Error> {
        let jobs: Vec<String> = sqlx::query_scalar(CLAIM)
            .bind(&claim.key)
            .bind(&claim.fingerprint)
            .bind(claim.job.to_string())
            .bind(millis(claim.locked_until))
            .bind(millis(claim.expires_at))
            .bind(millis(claim.now))
            .fetch_all(&self.writer)
            .await?;
        if let Some(job) = jobs.first() {
            return Ok(ReplyState::Ours { job: job.parse().map_err(decode_error)? });
        }
        let found: Option<(String, Option<String>)> =
            sqlx::query_as(FIND).bind(&claim.key).fetch_optional(&self.writer).await?;
        match found {
            Some((fingerprint, _)) if fingerprint != claim.fingerprint => Ok(ReplyState::Mismatch),
            Some((_, Some(reply))) => from_json(&reply).map(ReplyState::Done),
            // If it is free by now, it was not when it was to be taken.
            Some((_, None)) | None => Ok(ReplyState::InFlight),
        }
    }
}

#[async_trait]
impl Replies for SqliteStore {
    async fn claim_reply(&self, claim: &ReplyClaim) -> Result<ReplyState, StoreError> {
        self.take_reply(claim).await.map_err(store_error)
    }

    async fn put_reply(
        &self,
        key: &str,
        job: JobId,
        reply: &StoredReply,
    ) -> Result<(), StoreError> {
        sqlx::query(PUT)
            .bind(key)
            .bind(job.to_string())
            .bind(to_json(reply).map_err(store_error)?)
            .execute(&self.writer)
            .await
            .map(|_| ())
            .map_err(store_error)
    }

    async fn drop_reply(&self, key: &str, job: JobId) -> Result<(), StoreError> {
        let query = sqlx::query(DROP).bind(key).bind(job.to_string());
        query.execute(&self.writer).await.map(|_| ()).map_err(store_error)
    }

    async fn wipe_reply(&self, job: JobId) -> Result<(), StoreError> {
        let gone = to_json(&StoredReply::gone()).map_err(store_error)?;
        let query = sqlx::query(WIPE).bind(job.to_string()).bind(gone);
        query.execute(&self.writer).await.map(|_| ()).map_err(store_error)
    }

    async fn forget_replies(&self, now: Timestamp, most: usize) -> Result<u64, StoreError> {
        let query = sqlx::query(FORGET).bind(millis(now)).bind(limit(most));
        Ok(query.execute(&self.writer).await.map_err(store_error)?.rows_affected())
    }
}
