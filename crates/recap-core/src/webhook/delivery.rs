//! A message on its way to one address.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::endpoint::EndpointId;
use super::event::EventType;
use crate::job::{JobId, Owner};
use crate::key::KeyId;

crate::id::id! {
    /// Names a message, written `msg_` and a ULID: its `webhook-id`, the same at
    /// every attempt.
    DeliveryId, InvalidDeliveryId, "msg_"
}

/// Where a message goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "to")]
pub enum Target {
    /// A registered endpoint, as it is when an attempt is made.
    Endpoint { id: EndpointId },
    /// The address that a job named; `key` is the one whose secret signs.
    Url {
        url: String,
        #[serde(default)]
        key: Option<KeyId>,
    },
}

/// Where a message is. The last three are terminal, but a replay begins anew.
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
    strum::VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum DeliveryStatus {
    /// It will be sent, or sent again, at `next_attempt_at`.
    Pending,
    /// It was answered with 2xx.
    Delivered,
    /// All attempts failed.
    Failed,
    /// The endpoint was disabled or deleted when it was due.
    Dropped,
}

/// What came of one attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    pub at: Timestamp,
    /// The status that was answered, if anything was.
    pub status: Option<u16>,
    #[serde(rename = "latency_ms", with = "crate::units::milliseconds")]
    pub latency: Duration,
    /// `None`: it was taken.
    pub error: Option<AttemptError>,
    /// The first bytes of the answer, as text.
    #[serde(default)]
    pub body: String,
}

/// Why an attempt failed.
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
pub enum AttemptError {
    /// The answer was not 2xx.
    Status,
    /// The answer was a redirect, which is never followed.
    Redirect,
    /// There was no answer in time.
    Timeout,
    /// No connection could be made, or it broke.
    Connection,
    /// The certificate is not trusted, or TLS failed.
    Tls,
    /// The name has no address.
    Dns,
    /// The address is one that messages must not be sent to.
    AddressRefused,
    /// There is no secret to sign with; nothing is sent unsigned.
    NoSecret,
    /// Its host failed several times in a row and is left alone, or is busy with
    /// other messages; nothing was sent, and it is not counted.
    Resting,
}

/// A message, what it says, and what became of it. The body never changes, so
/// every attempt says the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    pub id: DeliveryId,
    pub owner: Owner,
    pub target: Target,
    pub event: EventType,
    #[serde(default)]
    pub job: Option<JobId>,
    /// The raw JSON that is signed and sent, below 20 kB.
    pub payload: String,
    pub status: DeliveryStatus,
    /// All attempts so far, the last ones of many.
    #[serde(default)]
    pub attempts: Vec<Attempt>,
    /// Attempts since it was made or replayed; the schedule counts by it.
    #[serde(default)]
    pub failed: u32,
    pub created_at: Timestamp,
    /// `None` once its status is terminal.
    #[serde(default)]
    pub next_attempt_at: Option<Timestamp>,
    /// It was taken for an attempt of which nothing is known yet. Stores tell it
    /// from their claim; it is no part of the document.
    #[serde(skip)]
    pub is_claimed: bool,
    /// When it is forgotten.
    pub expires_at: Timestamp,
    /// Raised by every write; an old one may not overwrite.
    #[serde(default)]
    pub revision: u64,
}

impl Delivery {
    /// Attempts that are remembered.
    pub const MAX_ATTEMPTS_KEPT: usize = 20;

    /// Whether an attempt is being made, unless its sender has died.
    pub fn is_in_hand(&self, now: Timestamp) -> bool {
        self.is_claimed && self.next_attempt_at.is_some_and(|it| now < it)
    }

    /// Notes an attempt; of many, the oldest is forgotten.
    pub fn note(&mut self, attempt: Attempt) {
        if self.attempts.len() >= Self::MAX_ATTEMPTS_KEPT {
            self.attempts.remove(0);
        }
        self.attempts.push(attempt);
    }
}
