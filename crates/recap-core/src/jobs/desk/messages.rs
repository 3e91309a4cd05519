//! Making messages, and sending them again.

use std::time::Duration;

use jiff::Timestamp;
use tracing::warn;

use super::Desk;
use crate::job::{JobId, Owner};
use crate::jobs::run::later;
use crate::ports::{DeliveryFilter, Entry, StoreError};
use crate::webhook::{
    self, Delivery, DeliveryId, DeliveryStatus, Disabled, Endpoint, EndpointId, EventType, Target,
};

/// Messages looked at at once.
const BATCH: usize = 100;

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

    /// Tells an owner's other endpoints that one of them was disabled.
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
            let id = DeliveryId::derived(at, &[&endpoint.id.to_string(), &other.id.to_string()]);
            let message = Message { id, event, job: None, payload: payload.clone(), at };
            self.send(&other.owner, Target::Endpoint { id: other.id }, message).await?;
        }
        Ok(())
    }

    /// Sends a message again, from the beginning of the schedule. `None` if
    /// somebody else changed it at the same time.
    pub async fn replay(
        &self,
        mut message: Delivery,
        now: Timestamp,
    ) -> Result<Option<Delivery>, StoreError> {
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

    /// What of `endpoint` failed since `since` begins anew, up to `limit`.
    /// Returns how many did.
    pub async fn recover(
        &self,
        owner: &Owner,
        endpoint: EndpointId,
        since: Timestamp,
        now: Timestamp,
        limit: usize,
    ) -> Result<usize, StoreError> {
        let mut recovered = 0;
        let mut before = None;
        while recovered < limit {
            let filter = DeliveryFilter {
                owner: owner.clone(),
                endpoint: Some(endpoint),
                job: None,
                status: Some(DeliveryStatus::Failed),
                event: None,
                created_since: Some(since),
                before,
                limit: BATCH.min(limit - recovered),
            };
            let page = self.webhooks.list_deliveries(&filter).await?;
            before = page.deliveries.last().map(|it| it.id);
            for message in page.deliveries {
                recovered += usize::from(self.replay(message, now).await?.is_some());
            }
            if !page.has_more {
                break;
            }
        }
        Ok(recovered)
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
