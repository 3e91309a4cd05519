//! What messages say: thin, versioned by only being added to, below 20 kB.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::endpoint::{Disabled, Endpoint, EndpointId};
use super::event::EventType;
use crate::error::{ErrorCode, Failure};
use crate::job::{BatchCounts, Job, JobKind, Progress, Status};

/// A message: what happened, when, and to what.
#[derive(Debug, Serialize, ToSchema)]
pub struct Message<T> {
    #[serde(rename = "type")]
    pub event: EventType,
    /// When it happened, not when it was sent.
    #[schema(value_type = String, format = DateTime)]
    pub timestamp: Timestamp,
    pub data: T,
}

/// What happened to a job. The result is fetched from `url`.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobData {
    /// The job.
    pub id: String,
    pub kind: JobKind,
    pub status: Status,
    /// The video, if the job is about one.
    #[schema(required)]
    pub video_id: Option<String>,
    #[schema(required)]
    pub title: Option<String>,
    pub progress: ProgressData,
    /// Why it ended without a result.
    #[schema(required)]
    pub error: Option<FailureData>,
    /// Set when the result is not what a healthy service would have made.
    #[schema(required)]
    pub degraded: Option<String>,
    /// How the jobs of a batch ended; only of a batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub counts: Option<BatchCounts>,
    /// The batch it belongs to.
    #[schema(required)]
    pub batch: Option<String>,
    #[schema(required)]
    pub client_reference: Option<String>,
    pub metadata: BTreeMap<String, String>,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub completed_at: Option<Timestamp>,
    /// Where the whole job is: absolute if `server.public_url` is set.
    #[schema(format = "uri-reference")]
    pub url: String,
    pub revision: u64,
}

/// How far a job is.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProgressData {
    pub stage: crate::job::Stage,
    pub segments_done: u32,
    pub segments_total: u32,
    pub percent: u8,
}

impl From<Progress> for ProgressData {
    fn from(progress: Progress) -> Self {
        let Progress { stage, segments_done, segments_total } = progress;
        Self { stage, segments_done, segments_total, percent: progress.percent() }
    }
}

/// Why a job did not work.
#[derive(Debug, Serialize, ToSchema)]
pub struct FailureData {
    pub code: ErrorCode,
    pub detail: String,
    pub retryable: bool,
}

impl From<Failure> for FailureData {
    fn from(failure: Failure) -> Self {
        let Failure { code, detail, retryable } = failure;
        Self { code, detail: detail.into_owned(), retryable }
    }
}

/// Which endpoint is sent nothing any more.
#[derive(Debug, Serialize, ToSchema)]
pub struct EndpointData {
    #[schema(value_type = String)]
    pub id: EndpointId,
    pub url: String,
    pub reason: Disabled,
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub failing_since: Option<Timestamp>,
}

/// Nothing happened: the client asked for this message.
#[derive(Debug, Serialize, ToSchema)]
pub struct TestData {
    #[schema(value_type = String)]
    pub endpoint: EndpointId,
}

/// What is said of `job`; `base` goes before the path of its URL.
pub fn job_event(event: EventType, job: &Job, at: Timestamp, base: &str) -> String {
    let resource = if job.kind == JobKind::Batch { "batches" } else { "jobs" };
    let data = JobData {
        id: job.id.to_string(),
        kind: job.kind,
        status: job.status,
        video_id: job.input.video_id.map(|it| it.to_string()),
        title: job.title().map(ToOwned::to_owned),
        progress: job.progress.into(),
        error: job.error.clone().map(Into::into),
        degraded: job.degraded.clone(),
        counts: (job.kind == JobKind::Batch).then_some(job.counts),
        batch: job.batch.map(|it| it.to_string()),
        client_reference: job.client_reference.clone(),
        metadata: job.metadata.clone(),
        created_at: job.created_at,
        completed_at: job.completed_at,
        url: format!("{base}/v1/{resource}/{}", job.id),
        revision: job.revision,
    };
    json(&Message { event, timestamp: at, data })
}

/// What is said when `endpoint` was disabled.
pub fn endpoint_disabled(endpoint: &Endpoint, reason: Disabled, at: Timestamp) -> String {
    let data = EndpointData {
        id: endpoint.id,
        url: endpoint.url.clone(),
        reason,
        failing_since: endpoint.failing_since,
    };
    json(&Message { event: EventType::EndpointDisabled, timestamp: at, data })
}

/// What is said to try out `endpoint`.
pub fn test(endpoint: EndpointId, at: Timestamp) -> String {
    json(&Message { event: EventType::WebhookTest, timestamp: at, data: TestData { endpoint } })
}

fn json(message: &impl Serialize) -> String {
    serde_json::to_string(message).expect("a message is plain data")
}
