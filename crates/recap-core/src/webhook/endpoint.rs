//! Where messages go.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::event::{EventType, wants};
use super::secret::WebhookSecret;
use crate::job::Owner;
use crate::key::KeyId;

crate::id::id! {
    /// Names an endpoint, written `we_` and a ULID.
    EndpointId, InvalidEndpointId, "we_"
}

/// A registered address that is told of an owner's jobs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    pub id: EndpointId,
    pub owner: Owner,
    pub url: String,
    #[serde(default)]
    pub description: Option<String>,
    /// Empty: all that come by default.
    #[serde(default)]
    pub events: Vec<EventType>,
    pub secret: WebhookSecret,
    /// Messages are signed with these as well, each until its time is over; the
    /// newest first, at most [`Endpoint::MAX_OLD_SECRETS`].
    #[serde(default)]
    pub old_secrets: Vec<OldSecret>,
    /// `None`: messages are sent.
    #[serde(default)]
    pub disabled: Option<Disabled>,
    /// Since when every attempt has failed.
    #[serde(default)]
    pub failing_since: Option<Timestamp>,
    pub created_at: Timestamp,
    /// Raised by every write.
    #[serde(default)]
    pub revision: u64,
}

/// A secret before a rotation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OldSecret {
    pub secret: WebhookSecret,
    pub until: Timestamp,
}

/// Why nothing is sent to an endpoint.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
    strum::Display,
    strum::EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Disabled {
    /// Its owner asked for it.
    Asked,
    /// It answered 410.
    Gone,
    /// Every attempt of `webhooks.disable_after_hours` failed.
    Failing,
}

impl Endpoint {
    /// Secrets that are good for a while longer. A further rotation ends the oldest.
    pub const MAX_OLD_SECRETS: usize = 4;

    /// Whether it is told of `event`.
    pub fn wants(&self, event: EventType) -> bool {
        self.disabled.is_none() && wants(&self.events, event)
    }

    /// What messages are signed with at `now`: one secret, or more during a
    /// rotation.
    pub fn secrets(&self, now: Timestamp) -> Vec<WebhookSecret> {
        let old = self.old_secrets.iter().filter(|it| now < it.until).map(|it| &it.secret);
        [&self.secret].into_iter().chain(old).cloned().collect()
    }

    /// Puts another secret in the place of the one in use, which is good `until`
    /// then. Those before keep their own time, so that a rotation whose answer got
    /// lost can be asked for again.
    pub fn rotate(&mut self, secret: WebhookSecret, now: Timestamp, until: Timestamp) {
        let old = std::mem::replace(&mut self.secret, secret);
        self.old_secrets.retain(|it| now < it.until);
        self.old_secrets.insert(0, OldSecret { secret: old, until });
        self.old_secrets.truncate(Self::MAX_OLD_SECRETS);
    }
}

/// An address that is told of one job, named when it was submitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobWebhook {
    pub url: String,
    /// Empty: all that come by default.
    #[serde(default)]
    pub events: Vec<EventType>,
    /// The key whose secret signs; `None` is that of the settings.
    #[serde(default)]
    pub key: Option<KeyId>,
}

impl JobWebhook {
    /// Whether it is told of `event`.
    pub fn wants(&self, event: EventType) -> bool {
        wants(&self.events, event)
    }
}
