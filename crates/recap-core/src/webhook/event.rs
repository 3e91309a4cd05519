//! What clients are told of.

use serde::{Deserialize, Serialize};

use crate::job::{JobKind, Status};

/// What a message is about. Only added to.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
    strum::Display,
    strum::EnumString,
    strum::VariantArray,
    strum::VariantNames,
)]
pub enum EventType {
    /// A worker has begun with a job.
    #[serde(rename = "job.started")]
    #[strum(serialize = "job.started")]
    JobStarted,
    /// A job got on; at most one in `webhooks.progress_seconds`.
    #[serde(rename = "job.progress")]
    #[strum(serialize = "job.progress")]
    JobProgress,
    #[serde(rename = "job.completed")]
    #[strum(serialize = "job.completed")]
    JobCompleted,
    #[serde(rename = "job.failed")]
    #[strum(serialize = "job.failed")]
    JobFailed,
    #[serde(rename = "job.canceled")]
    #[strum(serialize = "job.canceled")]
    JobCanceled,
    #[serde(rename = "job.expired")]
    #[strum(serialize = "job.expired")]
    JobExpired,
    /// Every job of a batch has ended, or the batch itself has.
    #[serde(rename = "batch.completed")]
    #[strum(serialize = "batch.completed")]
    BatchCompleted,
    /// Nothing more is sent to an endpoint, because it failed for too long.
    #[serde(rename = "endpoint.disabled")]
    #[strum(serialize = "endpoint.disabled")]
    EndpointDisabled,
    /// Asked for by the client, to see whether messages arrive.
    #[serde(rename = "webhook.test")]
    #[strum(serialize = "webhook.test")]
    WebhookTest,
}

impl EventType {
    /// What is told of a job that ended so; `None` of one that has not.
    pub fn of_end(kind: JobKind, status: Status) -> Option<Self> {
        match (kind, status) {
            (_, Status::Queued | Status::Running) => None,
            (JobKind::Batch, _) => Some(Self::BatchCompleted),
            (_, Status::Succeeded) => Some(Self::JobCompleted),
            (_, Status::Failed) => Some(Self::JobFailed),
            (_, Status::Canceled) => Some(Self::JobCanceled),
            (_, Status::Expired) => Some(Self::JobExpired),
        }
    }

    /// Sent to whoever named no events: all but those that come often.
    pub fn by_default(self) -> bool {
        !matches!(self, Self::JobStarted | Self::JobProgress)
    }
}

/// Whether someone who asked for `wanted` hears of `event`; an empty list is
/// all that come by default. A test always arrives.
pub(super) fn wants(wanted: &[EventType], event: EventType) -> bool {
    match event {
        EventType::WebhookTest => true,
        event if wanted.is_empty() => event.by_default(),
        event => wanted.contains(&event),
    }
}
