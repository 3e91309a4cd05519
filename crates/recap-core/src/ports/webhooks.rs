//! Where endpoints and messages are kept.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::job::{JobId, Owner};
use crate::ports::StoreError;
use crate::webhook::{Delivery, DeliveryId, DeliveryStatus, Endpoint, EndpointId, EventType};

/// Which messages a list shows, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryFilter {
    pub owner: Owner,
    pub endpoint: Option<EndpointId>,
    pub job: Option<JobId>,
    pub status: Option<DeliveryStatus>,
    pub event: Option<EventType>,
    /// Only messages made at this time or later.
    pub created_since: Option<Timestamp>,
    /// Only messages older than this one (by time of creation, then id).
    pub before: Option<DeliveryId>,
    /// At most this many, 1 to 100.
    pub limit: usize,
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryPage {
    pub deliveries: Vec<Delivery>,
    pub has_more: bool,
}

/// Keeps endpoints and messages. Every method may be repeated. Implementations
/// must pass `recap_testkit::conformance::webhooks`.
#[async_trait]
pub trait Webhooks: Send + Sync {
    /// Adds `endpoint` unless its owner has `most` already; says whether it is
    /// there now.
    async fn insert_endpoint(&self, endpoint: &Endpoint, most: usize) -> Result<bool, StoreError>;

    async fn find_endpoint(
        &self,
        owner: &Owner,
        id: EndpointId,
    ) -> Result<Option<Endpoint>, StoreError>;

    /// All endpoints of `owner`, oldest first; their number is bounded.
    async fn list_endpoints(&self, owner: &Owner) -> Result<Vec<Endpoint>, StoreError>;

    /// Replaces the endpoint if its revision is still that of `endpoint`, and
    /// raises it. Returns whether it did.
    async fn set_endpoint(&self, endpoint: &Endpoint) -> Result<bool, StoreError>;

    /// Returns whether there was one.
    async fn delete_endpoint(&self, owner: &Owner, id: EndpointId) -> Result<bool, StoreError>;

    /// Adds `delivery`, or does nothing if its id is already there. Returns
    /// whether it was added.
    async fn insert_delivery(&self, delivery: &Delivery) -> Result<bool, StoreError>;

    async fn find_delivery(
        &self,
        owner: &Owner,
        id: DeliveryId,
    ) -> Result<Option<Delivery>, StoreError>;

    async fn list_deliveries(&self, filter: &DeliveryFilter) -> Result<DeliveryPage, StoreError>;

    /// Takes a pending message that is due for an attempt: its
    /// `next_attempt_at` becomes `now + lease`, and its revision is raised, so
    /// that nobody else sends it meanwhile and one whose sender died is sent
    /// again. `None` if it is not due.
    async fn claim_delivery(
        &self,
        id: DeliveryId,
        now: Timestamp,
        lease: Duration,
    ) -> Result<Option<Delivery>, StoreError>;

    /// Replaces the message if its revision is still that of `delivery`, and
    /// raises it. Returns whether it did.
    async fn set_delivery(&self, delivery: &Delivery) -> Result<bool, StoreError>;

    /// Pending messages whose `next_attempt_at` was `patience` ago or earlier,
    /// longest due first, each with its revision. Does not change them.
    async fn due_deliveries(
        &self,
        now: Timestamp,
        patience: Duration,
        limit: usize,
    ) -> Result<Vec<(DeliveryId, u64)>, StoreError>;

    /// Removes messages whose `expires_at` has come. Returns how many.
    async fn forget_deliveries(&self, now: Timestamp, limit: usize) -> Result<u64, StoreError>;
}
