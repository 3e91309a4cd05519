//! Answers to requests that may be sent again.

use async_trait::async_trait;
use jiff::Timestamp;
use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Document, doc};
use recap_core::job::JobId;
use recap_core::ports::{BoxError, Replies, ReplyClaim, ReplyState, StoreError, StoredReply};

use super::document::{date, optional_millis, optional_text, text};
use super::sweep::forget_expired;
use super::{MongoStore, REPLIES};
use crate::document::{from_json, millis, to_json};

/// How a key that is there looks to somebody who claims it.
enum Found {
    /// The claim itself has made it.
    Ours,
    Settled(ReplyState),
    /// The process that held it is gone.
    Left {
        job: JobId,
    },
}

fn judge(found: &Document, claim: &ReplyClaim, mark: ObjectId) -> Result<Found, BoxError> {
    if found.get_object_id("claimed_by").ok() == Some(mark) {
        return Ok(Found::Ours);
    }
    if text(found, "fingerprint")? != claim.fingerprint {
        return Ok(Found::Settled(ReplyState::Mismatch));
    }
    if let Some(reply) = optional_text(found, "reply")? {
        return Ok(Found::Settled(ReplyState::Done(from_json(&reply)?)));
    }
    let locked_until = optional_millis(found, "locked_until")?;
    if locked_until.is_some_and(|it| it > millis(claim.now)) {
        return Ok(Found::Settled(ReplyState::InFlight));
    }
    Ok(Found::Left { job: text(found, "job")?.parse()? })
}

impl MongoStore {
    /// If the key is known, the filter does not fit, the server tries to make a
    /// second document of that name, and cannot.
    async fn take_new(&self, claim: &ReplyClaim, mark: ObjectId) -> Result<bool, StoreError> {
        let expired = doc! { "_id": &claim.key, "expires_at": { "$lte": date(claim.now) } };
        let change = doc! {
            "$set": {
                "fingerprint": &claim.fingerprint, "job": claim.job.to_string(),
                "locked_until": date(claim.locked_until), "expires_at": date(claim.expires_at),
                "claimed_by": mark,
            },
            "$unset": { "reply": "" },
        };
        self.server.put(REPLIES, expired, change).await
    }

    /// Of those who find that its holder is gone, one takes it over.
    async fn take_over(&self, claim: &ReplyClaim) -> Result<bool, StoreError> {
        let left = doc! {
            "_id": &claim.key, "fingerprint": &claim.fingerprint,
            "locked_until": { "$lte": date(claim.now) }, "reply": { "$exists": false },
        };
        let change = doc! {
            "$set": {
                "locked_until": date(claim.locked_until), "expires_at": date(claim.expires_at),
            },
        };
        self.server.change(REPLIES, left, change).await
    }
}

#[async_trait]
impl Replies for MongoStore {
    async fn claim_reply(&self, claim: &ReplyClaim) -> Result<ReplyState, StoreError> {
        let mark = ObjectId::new();
        if self.take_new(claim, mark).await? {
            return Ok(ReplyState::Ours { job: claim.job });
        }
        let fields = doc! {
            "_id": 0, "fingerprint": 1, "job": 1, "locked_until": 1, "reply": 1, "claimed_by": 1,
        };
        let found = self.server.find_one(REPLIES, doc! { "_id": &claim.key }, fields).await?;
        let found = found.map(|it| judge(&it, claim, mark)).transpose().map_err(StoreError)?;
        Ok(match found {
            Some(Found::Ours) => ReplyState::Ours { job: claim.job },
            Some(Found::Settled(state)) => state,
            Some(Found::Left { job }) if self.take_over(claim).await? => ReplyState::Ours { job },
            // Somebody else was faster; or it is free by now, and was not before.
            Some(Found::Left { .. }) | None => ReplyState::InFlight,
        })
    }

    /// What was answered once is the answer.
    async fn put_reply(
        &self,
        key: &str,
        job: JobId,
        reply: &StoredReply,
    ) -> Result<(), StoreError> {
        let held = doc! { "_id": key, "job": job.to_string(), "reply": { "$exists": false } };
        let change = doc! { "$set": { "reply": to_json(reply).map_err(StoreError)? } };
        self.server.change(REPLIES, held, change).await.map(|_| ())
    }

    async fn drop_reply(&self, key: &str, job: JobId) -> Result<(), StoreError> {
        let held = doc! { "_id": key, "job": job.to_string(), "reply": { "$exists": false } };
        self.server.remove_all(REPLIES, held).await.map(|_| ())
    }

    async fn wipe_reply(&self, job: JobId) -> Result<(), StoreError> {
        let about = doc! { "job": job.to_string(), "reply": { "$exists": true } };
        let gone = to_json(&StoredReply::gone()).map_err(StoreError)?;
        self.server.change(REPLIES, about, doc! { "$set": { "reply": gone } }).await.map(|_| ())
    }

    async fn forget_replies(&self, now: Timestamp, limit: usize) -> Result<u64, StoreError> {
        forget_expired(&self.server, REPLIES, now, limit).await
    }
}
