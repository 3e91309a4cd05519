//! Registered addresses.

use jiff::Timestamp;
use recap_core::webhook::{Disabled, Endpoint, EventType};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::bounded::{Change, Text, given};
use super::wish::Events;

/// An address to be told of the caller's jobs.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"url": "https://example.com/hook", "events": ["job.completed"]}))]
pub(crate) struct CreateEndpoint {
    /// Where messages are sent by `POST`: `https`, and public.
    #[schema(value_type = String, max_length = 2048, format = "uri")]
    pub(crate) url: Text<2048>,
    /// For people.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub(crate) description: Option<Text<200>>,
    /// What it is told of; if left out or empty, all but `job.started` and
    /// `job.progress`.
    #[serde(default)]
    #[schema(value_type = Vec<EventType>, max_items = 16)]
    pub(crate) events: Events,
}

/// What is to change of an endpoint; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"disabled": false}))]
pub(crate) struct ChangeEndpoint {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 2048, format = "uri", nullable = false)]
    pub(crate) url: Option<Text<2048>>,
    /// `null` removes it.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub(crate) description: Change<Text<200>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Vec<EventType>>, max_items = 16, nullable = false)]
    pub(crate) events: Option<Events>,
    /// `true`: nothing is sent. `false`: messages are sent again, and earlier
    /// failures are forgotten.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    pub(crate) disabled: Option<bool>,
}

/// A registered address.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookEndpoint)]
pub(crate) struct EndpointBody {
    #[schema(example = "we_01JGFJJZ00000000000000000A")]
    id: String,
    /// Always `webhook_endpoint`.
    #[schema(value_type = String, example = "webhook_endpoint")]
    object: &'static str,
    #[schema(format = "uri")]
    url: String,
    #[schema(required)]
    description: Option<String>,
    /// Empty: all but `job.started` and `job.progress`.
    events: Vec<EventType>,
    /// Nothing is sent.
    disabled: bool,
    /// Why nothing is sent.
    #[schema(required)]
    disabled_reason: Option<Disabled>,
    /// Since when every attempt has failed.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    failing_since: Option<Timestamp>,
    /// Until when messages are signed with the secret before the last rotation as
    /// well.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    old_secret_until: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Grows with every change.
    revision: u64,
}

/// A registered address, with what its messages are signed with: shown this once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookEndpointWithSecret)]
pub(crate) struct EndpointWithSecret {
    #[serde(flatten)]
    endpoint: EndpointBody,
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    secret: String,
}

/// All addresses of the caller.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookEndpointList)]
pub(crate) struct EndpointList {
    /// Oldest first; at most `webhooks.max_endpoints`.
    data: Vec<EndpointBody>,
}

/// Since when messages that failed are to be sent again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"since": "2026-01-01T00:00:00Z"}))]
pub(crate) struct Recover {
    #[schema(value_type = String, format = DateTime)]
    pub(crate) since: Timestamp,
}

/// How many messages are sent again.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Recovered {
    /// At most 1000; when it is that, ask once more.
    pub(crate) recovered: usize,
}

impl EndpointBody {
    /// `endpoint` as it is at `now`.
    pub(crate) fn new(endpoint: Endpoint, now: Timestamp) -> Self {
        let until = endpoint.old_secrets.first().map(|it| it.until);
        Self {
            id: endpoint.id.to_string(),
            object: "webhook_endpoint",
            url: endpoint.url,
            description: endpoint.description,
            events: endpoint.events,
            disabled: endpoint.disabled.is_some(),
            disabled_reason: endpoint.disabled,
            failing_since: endpoint.failing_since,
            old_secret_until: until.filter(|it| now < *it),
            created_at: endpoint.created_at,
            revision: endpoint.revision,
        }
    }
}

impl EndpointWithSecret {
    pub(crate) fn new(endpoint: Endpoint, now: Timestamp) -> Self {
        let secret = endpoint.secret.expose().to_owned();
        Self { endpoint: EndpointBody::new(endpoint, now), secret }
    }
}

impl EndpointList {
    pub(crate) fn new(endpoints: Vec<Endpoint>, now: Timestamp) -> Self {
        Self { data: endpoints.into_iter().map(|it| EndpointBody::new(it, now)).collect() }
    }
}
