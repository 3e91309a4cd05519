//! Answers in a map.

use async_trait::async_trait;
use jiff::Timestamp;
use recap_core::JobId;
use recap_core::ports::{Replies, ReplyClaim, ReplyState, StoreError, StoredReply};

use super::MemoryStore;

/// A key that was claimed.
#[derive(Debug)]
pub(super) struct HeldReply {
    fingerprint: String,
    job: JobId,
    locked_until: Timestamp,
    expires_at: Timestamp,
    reply: Option<StoredReply>,
}

impl HeldReply {
    fn new(claim: &ReplyClaim) -> Self {
        Self {
            fingerprint: claim.fingerprint.clone(),
            job: claim.job,
            locked_until: claim.locked_until,
            expires_at: claim.expires_at,
            reply: None,
        }
    }

    /// What it is to somebody who claims it as well.
    fn claim(&mut self, claim: &ReplyClaim) -> ReplyState {
        if self.fingerprint != claim.fingerprint {
            return ReplyState::Mismatch;
        }
        if let Some(reply) = &self.reply {
            return ReplyState::Done(reply.clone());
        }
        if self.locked_until > claim.now {
            return ReplyState::InFlight;
        }
        *self = Self { job: self.job, ..Self::new(claim) };
        ReplyState::Ours { job: self.job }
    }
}

#[async_trait]
impl Replies for MemoryStore {
    async fn claim_reply(&self, claim: &ReplyClaim) -> Result<ReplyState, StoreError> {
        let mut state = self.state().await?;
        if let Some(held) = state.replies.get_mut(&claim.key).filter(|it| it.expires_at > claim.now)
        {
            return Ok(held.claim(claim));
        }
        state.replies.insert(claim.key.clone(), HeldReply::new(claim));
        Ok(ReplyState::Ours { job: claim.job })
    }

    async fn put_reply(
        &self,
        key: &str,
        job: JobId,
        reply: &StoredReply,
    ) -> Result<(), StoreError> {
        let mut state = self.state().await?;
        if let Some(held) = state.replies.get_mut(key).filter(|it| it.job == job) {
            held.reply.get_or_insert_with(|| reply.clone());
        }
        Ok(())
    }

    async fn wipe_reply(&self, job: JobId) -> Result<(), StoreError> {
        let mut state = self.state().await?;
        for held in state.replies.values_mut().filter(|it| it.job == job) {
            held.reply = held.reply.take().map(|_| StoredReply::gone());
        }
        Ok(())
    }

    async fn drop_reply(&self, key: &str, job: JobId) -> Result<(), StoreError> {
        let mut state = self.state().await?;
        if state.replies.get(key).is_some_and(|it| it.job == job && it.reply.is_none()) {
            state.replies.remove(key);
        }
        Ok(())
    }

    async fn forget_replies(&self, now: Timestamp, limit: usize) -> Result<u64, StoreError> {
        let mut state = self.state().await?;
        let over = state.replies.iter().filter(|(_, it)| it.expires_at <= now);
        let gone: Vec<String> = over.take(limit).map(|(key, _)| key.clone()).collect();
        state.replies.retain(|key, _| !gone.contains(key));
        Ok(gone.len() as u64)
    }
}
