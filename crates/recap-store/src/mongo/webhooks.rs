//! Endpoints and messages.

mod deliveries;
mod endpoints;
mod list;

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use recap_core::job::Owner;
use recap_core::ports::{DeliveryFilter, DeliveryPage, StoreError, Webhooks};
use recap_core::webhook::{Delivery, DeliveryId, Endpoint, EndpointId};

use super::sweep::forget_expired;
use super::{DELIVERIES, MongoStore};

pub(super) use self::deliveries::new as new_delivery;
pub(super) use self::endpoints::new as new_endpoint;

#[async_trait]
impl Webhooks for MongoStore {
    async fn insert_endpoint(&self, endpoint: &Endpoint, most: usize) -> Result<bool, StoreError> {
        endpoints::insert(&self.server, endpoint, most).await
    }

    async fn find_endpoint(
        &self,
        owner: &Owner,
        id: EndpointId,
    ) -> Result<Option<Endpoint>, StoreError> {
        endpoints::find(&self.server, owner, id).await
    }

    async fn list_endpoints(&self, owner: &Owner) -> Result<Vec<Endpoint>, StoreError> {
        endpoints::list(&self.server, owner).await
    }

    async fn set_endpoint(&self, endpoint: &Endpoint) -> Result<bool, StoreError> {
        endpoints::set(&self.server, endpoint).await
    }

    async fn delete_endpoint(&self, owner: &Owner, id: EndpointId) -> Result<bool, StoreError> {
        endpoints::delete(&self.server, owner, id).await
    }

    async fn insert_delivery(&self, delivery: &Delivery) -> Result<bool, StoreError> {
        deliveries::insert(&self.server, delivery).await
    }

    async fn find_delivery(
        &self,
        owner: &Owner,
        id: DeliveryId,
    ) -> Result<Option<Delivery>, StoreError> {
        deliveries::find(&self.server, owner, id).await
    }

    async fn list_deliveries(&self, filter: &DeliveryFilter) -> Result<DeliveryPage, StoreError> {
        list::list(&self.server, filter).await
    }

    async fn claim_delivery(
        &self,
        id: DeliveryId,
        now: Timestamp,
        lease: Duration,
    ) -> Result<Option<Delivery>, StoreError> {
        deliveries::claim(&self.server, id, now, lease).await
    }

    async fn set_delivery(&self, delivery: &Delivery) -> Result<bool, StoreError> {
        deliveries::set(&self.server, delivery).await
    }

    async fn due_deliveries(
        &self,
        now: Timestamp,
        patience: Duration,
        limit: usize,
    ) -> Result<Vec<(DeliveryId, u64)>, StoreError> {
        deliveries::due(&self.server, now, patience, limit).await
    }

    async fn forget_deliveries(&self, now: Timestamp, limit: usize) -> Result<u64, StoreError> {
        forget_expired(&self.server, DELIVERIES, now, limit).await
    }
}
