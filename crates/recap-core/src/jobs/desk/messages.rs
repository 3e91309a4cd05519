//! Making messages, and sending them again.

use std::time::Duration;

use jiff::Timestamp;
use tracing::warn;

use super::Desk;
use crate::job::{JobId, Owner};
use crate::jobs::time::later;
use crate::ports::{DeliveryFilter, Entry, StoreError};
use crate::webhook::{
    self, Delivery, DeliveryId, DeliveryStatus, Disabled, Endpoint, EndpointId, EventType, Target,
};

/// Messages that an endpoint has missed.
pub struct Lost {
    pub owner: Owner,
    pub endpoint: EndpointId,
    pub status: DeliveryStatus,
    /// When they were made, at the earliest.
    pub since: Timestamp,
}

/// What became of a page of them.
pub struct Recovery {
    pub recovered: usize,
    /// Where the next page begins; `None` after the last one.
    pub next: Option<DeliveryId>,
}

/// A message before it has an address.
pub(super) struct Message {
    pub(super) id: DeliveryId,
    pub(super) event: EventType,
    pub(super) job: Option<JobId>,
    pub(super) payload: String,
    pub(super) at: Timestamp,
}

impl Desk {
    /// Makes a message that only tries whether messages arrive.
    pub async fn test(&self, endpoint: &Endpoint, at: Timestamp) -> Result<Delivery, StoreError> {
        let payload = webhook::test(endpoint.id, at);
        let id = DeliveryId::generate();
        let message = Message { id, event: EventType::WebhookTest, job: None, payload, at };
        self.send(&endpoint.owner, Target::Endpoint { id: endpoint.id }, message).await
    }

    /// Tells an owner's other endpoints that one of them is disabled `at` this time.
    /// Who tells it again of the same endpoint, as it was before, makes no second
    /// message.
    pub async fn tell_disabled(
        &self,
        endpoint: &Endpoint,
        reason: Disabled,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let event = EventType::EndpointDisabled;
        let payload = webhook::endpoint_disabled(endpoint, reason, at);
        for other in self.webhooks.list_endpoints(&endpoint.owner).await? {
            if other.id == endpoint.id || !other.wants(event) {
                continue;
            }
            let revision = endpoint.revision.to_string();
            let of = [&endpoint.id.to_string(), &revision, &other.id.to_string()];
            let id = DeliveryId::derived(endpoint.created_at, &of.map(String::as_str));
            let message = Message { id, event, job: None, payload: payload.clone(), at };
            self.send(&other.owner, Target::Endpoint { id: other.id }, message).await?;
        }
        Ok(())
    }

    /// Sends a message again, from the beginning of the schedule. `None` if an
    /// attempt is being made, or if somebody else changed it at the same time.
    pub async fn replay(
        &self,
        mut message: Delivery,
        now: Timestamp,
    ) -> Result<Option<Delivery>, StoreError> {
        if message.is_in_hand(now) {
            return Ok(None);
        }
        message.status = DeliveryStatus::Pending;
        message.failed = 0;
        message.next_attempt_at = Some(now);
        message.expires_at = later(now, self.keep_messages);
        if !self.webhooks.set_delivery(&message).await? {
            return Ok(None);
        }
        message.revision += 1;
        self.push(Entry::delivery(message.id, message.revision)).await;
        Ok(Some(message))
    }

    /// Begins anew what `lost` names of the messages that did not arrive, a page of
    /// them.
    pub async fn recover(
        &self,
        lost: &Lost,
        before: Option<DeliveryId>,
        now: Timestamp,
        limit: usize,
    ) -> Result<Recovery, StoreError> {
        let filter = DeliveryFilter {
            owner: lost.owner.clone(),
            endpoint: Some(lost.endpoint),
            job: None,
            status: Some(lost.status),
            event: None,
            created_since: Some(lost.since),
            before,
            limit,
        };
        let page = self.webhooks.list_deliveries(&filter).await?;
        let next = page.deliveries.last().map(|it| it.id).filter(|_| page.has_more);
        let mut recovered = 0;
        for message in page.deliveries {
            recovered += usize::from(self.replay(message, now).await?.is_some());
        }
        Ok(Recovery { recovered, next })
    }

    pub(super) async fn send(
        &self,
        owner: &Owner,
        target: Target,
        message: Message,
    ) -> Result<Delivery, StoreError> {
        let delivery = Delivery {
            id: message.id,
            owner: owner.clone(),
            target,
            event: message.event,
            job: message.job,
            payload: message.payload,
            status: DeliveryStatus::Pending,
            attempts: Vec::new(),
            failed: 0,
            created_at: message.at,
            next_attempt_at: Some(message.at),
            is_claimed: false,
            expires_at: later(message.at, self.keep_messages),
            revision: 0,
        };
        if self.webhooks.insert_delivery(&delivery).await? {
            self.push(Entry::delivery(delivery.id, delivery.revision)).await;
        }
        Ok(delivery)
    }

    pub(super) async fn push(&self, entry: Entry) {
        if let Err(error) = self.queue.push(&[entry], Duration::ZERO).await {
            warn!(error = %error.0, "the queue does not answer; the reconciler tries again");
        }
    }
}
