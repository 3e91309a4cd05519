//! Endpoints and messages in maps.

use std::cmp::Reverse;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use recap_core::job::Owner;
use recap_core::ports::{DeliveryFilter, DeliveryPage, StoreError, Webhooks};
use recap_core::webhook::{Delivery, DeliveryId, DeliveryStatus, Endpoint, EndpointId, Target};

use super::MemoryStore;

/// In the order of lists.
fn age(delivery: &Delivery) -> (Timestamp, DeliveryId) {
    (delivery.created_at, delivery.id)
}

fn is_listed_by(it: &Delivery, filter: &DeliveryFilter) -> bool {
    let to = |endpoint| it.target == Target::Endpoint { id: endpoint };
    it.owner == filter.owner
        && filter.endpoint.is_none_or(to)
        && filter.job.is_none_or(|job| it.job == Some(job))
        && filter.status.is_none_or(|status| it.status == status)
        && filter.event.is_none_or(|event| it.event == event)
        && filter.created_since.is_none_or(|since| it.created_at >= since)
}

/// Since when it has waited to be sent.
fn due_since(it: &Delivery) -> Option<Timestamp> {
    it.next_attempt_at.filter(|_| it.status == DeliveryStatus::Pending)
}

#[async_trait]
impl Webhooks for MemoryStore {
    async fn insert_endpoint(&self, endpoint: &Endpoint, most: usize) -> Result<bool, StoreError> {
        let mut state = self.state().await?;
        let theirs = state.endpoints.values().filter(|it| it.owner == endpoint.owner);
        let is_there = state.endpoints.contains_key(&endpoint.id);
        if !is_there && theirs.count() < most {
            state.endpoints.insert(endpoint.id, endpoint.clone());
            return Ok(true);
        }
        Ok(is_there)
    }

    async fn find_endpoint(
        &self,
        owner: &Owner,
        id: EndpointId,
    ) -> Result<Option<Endpoint>, StoreError> {
        let state = self.state().await?;
        Ok(state.endpoints.get(&id).filter(|it| it.owner == *owner).cloned())
    }

    async fn list_endpoints(&self, owner: &Owner) -> Result<Vec<Endpoint>, StoreError> {
        let state = self.state().await?;
        let theirs = state.endpoints.values().filter(|it| it.owner == *owner);
        let mut endpoints: Vec<Endpoint> = theirs.cloned().collect();
        endpoints.sort_by_key(|it| (it.created_at, it.id));
        Ok(endpoints)
    }

    async fn set_endpoint(&self, endpoint: &Endpoint) -> Result<bool, StoreError> {
        let mut state = self.state().await?;
        let kept = state.endpoints.get_mut(&endpoint.id);
        let same =
            |it: &&mut Endpoint| it.revision == endpoint.revision && it.owner == endpoint.owner;
        let Some(kept) = kept.filter(same) else { return Ok(false) };
        *kept = Endpoint { revision: endpoint.revision + 1, ..endpoint.clone() };
        Ok(true)
    }

    async fn delete_endpoint(&self, owner: &Owner, id: EndpointId) -> Result<bool, StoreError> {
        let mut state = self.state().await?;
        let is_there = state.endpoints.get(&id).is_some_and(|it| it.owner == *owner);
        if is_there {
            state.endpoints.remove(&id);
        }
        Ok(is_there)
    }

    async fn insert_delivery(&self, delivery: &Delivery) -> Result<bool, StoreError> {
        let mut state = self.state().await?;
        let is_new = !state.deliveries.contains_key(&delivery.id);
        state.deliveries.entry(delivery.id).or_insert_with(|| delivery.clone());
        Ok(is_new)
    }

    async fn find_delivery(
        &self,
        owner: &Owner,
        id: DeliveryId,
    ) -> Result<Option<Delivery>, StoreError> {
        let state = self.state().await?;
        Ok(state.deliveries.get(&id).filter(|it| it.owner == *owner).cloned())
    }

    async fn list_deliveries(&self, filter: &DeliveryFilter) -> Result<DeliveryPage, StoreError> {
        let state = self.state().await?;
        let mut listed: Vec<&Delivery> =
            state.deliveries.values().filter(|it| is_listed_by(it, filter)).collect();
        if let Some(before) = filter.before {
            // The list ends where one was forgotten.
            let before = state.deliveries.get(&before).filter(|it| it.owner == filter.owner);
            listed.retain(|it| before.is_some_and(|before| age(it) < age(before)));
        }
        listed.sort_by_key(|it| Reverse(age(it)));
        let has_more = listed.len() > filter.limit;
        let deliveries = listed.into_iter().take(filter.limit).cloned().collect();
        Ok(DeliveryPage { deliveries, has_more })
    }

    async fn claim_delivery(
        &self,
        id: DeliveryId,
        now: Timestamp,
        lease: Duration,
    ) -> Result<Option<Delivery>, StoreError> {
        let mut state = self.state().await?;
        let due = |it: &&mut Delivery| due_since(it).is_some_and(|since| since <= now);
        let Some(delivery) = state.deliveries.get_mut(&id).filter(due) else { return Ok(None) };
        delivery.next_attempt_at = Some(now + lease);
        delivery.is_claimed = true;
        delivery.revision += 1;
        Ok(Some(delivery.clone()))
    }

    async fn set_delivery(&self, delivery: &Delivery) -> Result<bool, StoreError> {
        let mut state = self.state().await?;
        let kept = state.deliveries.get_mut(&delivery.id);
        let same = |it: &&mut Delivery| it.revision == delivery.revision;
        let Some(kept) = kept.filter(same) else { return Ok(false) };
        *kept = Delivery { revision: delivery.revision + 1, is_claimed: false, ..delivery.clone() };
        Ok(true)
    }

    async fn due_deliveries(
        &self,
        now: Timestamp,
        patience: Duration,
        limit: usize,
    ) -> Result<Vec<(DeliveryId, u64)>, StoreError> {
        let state = self.state().await?;
        let due = |it: &&Delivery| due_since(it).is_some_and(|since| since <= now - patience);
        let mut due: Vec<&Delivery> = state.deliveries.values().filter(due).collect();
        due.sort_by_key(|it| it.next_attempt_at);
        Ok(due.into_iter().take(limit).map(|it| (it.id, it.revision)).collect())
    }

    async fn forget_deliveries(&self, now: Timestamp, limit: usize) -> Result<u64, StoreError> {
        let mut state = self.state().await?;
        let over = state.deliveries.values().filter(|it| it.expires_at <= now);
        let gone: Vec<DeliveryId> = over.take(limit).map(|it| it.id).collect();
        state.deliveries.retain(|id, _| !gone.contains(id));
        Ok(gone.len() as u64)
    }
}
