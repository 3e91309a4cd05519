//! Endpoints and messages as they are kept.

use recap_core::ports::BoxError;
use recap_core::webhook::{Delivery, Endpoint, Target};

use super::{from_json, millis, optional_timestamp};

/// What is read back of an endpoint.
#[derive(sqlx::FromRow)]
pub(crate) struct EndpointColumns {
    pub(crate) revision: i64,
    pub(crate) doc: String,
}

impl EndpointColumns {
    pub(crate) fn into_endpoint(self) -> Result<Endpoint, BoxError> {
        let endpoint = from_json(&self.doc)?;
        Ok(Endpoint { revision: u64::try_from(self.revision)?, ..endpoint })
    }
}

/// What is read back of a message.
#[derive(sqlx::FromRow)]
pub(crate) struct DeliveryColumns {
    pub(crate) next_attempt_at: Option<i64>,
    pub(crate) revision: i64,
    pub(crate) doc: String,
}

impl DeliveryColumns {
    pub(crate) fn into_delivery(self) -> Result<Delivery, BoxError> {
        let mut delivery: Delivery = from_json(&self.doc)?;
        // Whoever writes the document writes the column with it; only a claim moves
        // the column alone.
        delivery.is_claimed = self.next_attempt_at != delivery.next_attempt_at.map(millis);
        delivery.next_attempt_at =
            optional_timestamp(self.next_attempt_at, delivery.next_attempt_at)?;
        delivery.revision = u64::try_from(self.revision)?;
        Ok(delivery)
    }
}

/// The endpoint that a message goes to, if it goes to one.
pub(crate) fn endpoint_of(delivery: &Delivery) -> Option<String> {
    match &delivery.target {
        Target::Endpoint { id } => Some(id.to_string()),
        Target::Url { .. } => None,
    }
}
