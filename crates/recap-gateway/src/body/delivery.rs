//! Messages, and what became of them.

use jiff::Timestamp;
use recap_core::webhook::{Attempt, AttemptError, Delivery, DeliveryStatus, EventType, Target};
use serde::Serialize;
use utoipa::ToSchema;

/// A message on its way to one address, as lists show it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookDeliveryItem)]
pub(crate) struct DeliveryItem {
    /// Also the `webhook-id` of the message.
    #[schema(example = "msg_01JGFJJZ00000000000000000A")]
    id: String,
    /// Always `webhook_delivery`.
    #[schema(value_type = String, example = "webhook_delivery")]
    object: &'static str,
    event: EventType,
    status: DeliveryStatus,
    /// The endpoint it goes to; `null` if a job named the address.
    #[schema(required)]
    endpoint: Option<String>,
    /// The address that a job named.
    #[schema(required, format = "uri")]
    url: Option<String>,
    /// The job it is about.
    #[schema(required)]
    job_id: Option<String>,
    /// Attempts that failed since it was made, or sent again.
    failed_attempts: u32,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(required, value_type = Option<String>, format = DateTime)]
    next_attempt_at: Option<Timestamp>,
    /// When it is forgotten.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// A message on its way to one address, with what it says and what came of each
/// attempt.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookDelivery)]
pub(crate) struct DeliveryBody {
    #[serde(flatten)]
    item: DeliveryItem,
    /// The raw JSON, as it is signed and sent each time.
    payload: String,
    /// The last 20 at most, in order of time.
    attempts: Vec<AttemptBody>,
}

/// What came of one attempt.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookAttempt)]
pub(crate) struct AttemptBody {
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// What was answered, if anything was.
    #[schema(required)]
    status: Option<u16>,
    latency_ms: u64,
    /// `null`: it was taken.
    #[schema(required)]
    error: Option<AttemptError>,
    /// The first bytes of the answer, as text.
    body: String,
}

/// A page of messages, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookDeliveryList)]
pub(crate) struct DeliveryList {
    pub(crate) data: Vec<DeliveryItem>,
    /// Pass it as `cursor` to get the next page; `null` on the last one.
    #[schema(required)]
    pub(crate) next_cursor: Option<String>,
    pub(crate) has_more: bool,
}

impl From<Delivery> for DeliveryItem {
    fn from(delivery: Delivery) -> Self {
        let (endpoint, url) = match delivery.target {
            Target::Endpoint { id } => (Some(id.to_string()), None),
            Target::Url { url, .. } => (None, Some(url)),
        };
        Self {
            id: delivery.id.to_string(),
            object: "webhook_delivery",
            event: delivery.event,
            status: delivery.status,
            endpoint,
            url,
            job_id: delivery.job.map(|it| it.to_string()),
            failed_attempts: delivery.failed,
            created_at: delivery.created_at,
            next_attempt_at: delivery.next_attempt_at,
            expires_at: delivery.expires_at,
        }
    }
}

impl From<Delivery> for DeliveryBody {
    fn from(mut delivery: Delivery) -> Self {
        let payload = std::mem::take(&mut delivery.payload);
        let attempts = std::mem::take(&mut delivery.attempts);
        let attempts = attempts.into_iter().map(Into::into).collect();
        Self { item: delivery.into(), payload, attempts }
    }
}

impl From<Attempt> for AttemptBody {
    fn from(attempt: Attempt) -> Self {
        let Attempt { at, status, latency, error, body } = attempt;
        let latency_ms = u64::try_from(latency.as_millis()).unwrap_or(u64::MAX);
        Self { at, status, latency_ms, error, body }
    }
}
