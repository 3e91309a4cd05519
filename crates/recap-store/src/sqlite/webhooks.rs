//! Endpoints and messages.

pub(super) mod deliveries;
pub(super) mod endpoints;
pub(super) mod list;

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use recap_core::job::Owner;
use recap_core::ports::{DeliveryFilter, DeliveryPage, StoreError, Webhooks};
use recap_core::webhook::{Delivery, DeliveryId, Endpoint, EndpointId};

use super::{SqliteStore, store_error};

#[async_trait]
impl Webhooks for SqliteStore {
    async fn insert_endpoint(&self, endpoint: &Endpoint, most: usize) -> Result<bool, StoreError> {
        endpoints::insert(&self.writer, endpoint, most).await.map_err(store_error)
    }

    async fn find_endpoint(
        &self,
        owner: &Owner,
        id: EndpointId,
    ) -> Result<Option<Endpoint>, StoreError> {
        endpoints::find(&self.reader, owner, id).await.map_err(store_error)
    }

    async fn list_endpoints(&self, owner: &Owner) -> Result<Vec<Endpoint>, StoreError> {
        endpoints::list(&self.reader, owner).await.map_err(store_error)
    }

    async fn set_endpoint(&self, endpoint: &Endpoint) -> Result<bool, StoreError> {
        endpoints::set(&self.writer, endpoint).await.map_err(store_error)
    }

    async fn delete_endpoint(&self, owner: &Owner, id: EndpointId) -> Result<bool, StoreError> {
        endpoints::delete(&self.writer, owner, id).await.map_err(store_error)
    }

    async fn insert_delivery(&self, delivery: &Delivery) -> Result<bool, StoreError> {
        deliveries::insert(&self.writer, delivery).await.map_err(store_error)
    }

    async fn find_delivery(
        &self,
        owner: &Owner,
        id: DeliveryId,
    ) -> Result<Option<Delivery>, StoreError> {
        deliveries::find(&self.reader, owner, id).await.map_err(store_error)
    }

    async fn list_deliveries(&self, filter: &DeliveryFilter) -> Result<DeliveryPage, StoreError> {
        list::list(&self.reader, filter).await.map_err(store_error)
    }

    async fn claim_delivery(
        &self,
        id: DeliveryId,
        now: Timestamp,
        lease: Duration,
    ) -> Result<Option<Delivery>, StoreError> {
        deliveries::claim(&self.writer, id, now, lease).await.map_err(store_error)
    }

    async fn set_delivery(&self, delivery: &Delivery) -> Result<bool, StoreError> {
        deliveries::set(&self.writer, delivery).await.map_err(store_error)
    }

    async fn due_deliveries(
        &self,
        now: Timestamp,
        patience: Duration,
        limit: usize,
    ) -> Result<Vec<(DeliveryId, u64)>, StoreError> {
        deliveries::due(&self.reader, now, patience, limit).await.map_err(store_error)
    }

    async fn forget_deliveries(&self, now: Timestamp, limit: usize) -> Result<u64, StoreError> {
        deliveries::forget(&self.writer, now, limit).await.map_err(store_error)
    }
}
