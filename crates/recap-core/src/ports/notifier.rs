//! What carries messages to their addresses.

use std::time::Duration;

use async_trait::async_trait;

use crate::webhook::{AttemptError, DeliveryId, WebhookSecret};

/// One attempt at a message.
#[derive(Clone, Debug)]
pub struct Notification<'a> {
    pub id: DeliveryId,
    pub url: &'a str,
    /// The raw JSON, sent and signed as it is.
    pub payload: &'a str,
    /// One, or two during a rotation; one signature each.
    pub secrets: &'a [WebhookSecret],
    /// Time of this attempt, in seconds since 1970.
    pub unix_seconds: i64,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status that was answered, if anything was.
    pub status: Option<u16>,
    /// `None`: it was taken.
    pub error: Option<AttemptError>,
    pub latency: Duration,
    /// The first bytes of the answer, as text.
    pub body: String,
    /// What the answer asks to wait.
    pub retry_after: Option<Duration>,
    /// The answer asks not to be sent this message again.
    pub abort: bool,
}

/// Signs and sends. Ends by its own deadline, follows no redirect, and connects
/// to no address that is not allowed, whatever a name resolves to.
#[async_trait]
pub trait Notifier: Send + Sync {
    async fn send(&self, notification: &Notification<'_>) -> Response;
}
