//! A job as a client sees it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use recap_core::job::{
    CacheMode, JobInput, Priority, Region, StageTime, TimeRange, TranscriptAttempt, TranscriptInfo,
    WaitingReason,
};
use recap_core::summary::Style;
use recap_core::webhook::{EventType, JobWebhook};
use recap_core::{Job, JobId, JobKind, Status, VideoId};
use serde::Serialize;
use utoipa::ToSchema;

use super::ResultBody;
use super::outcome::{CacheBody, FailureBody, ProgressBody, UsageBody};
use super::video::VideoBody;
use crate::openapi::example;

/// A job: what was asked for, how far it is, and how it ended.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Job, example = example::job)]
pub(crate) struct JobBody {
    #[serde(flatten)]
    item: JobItem,
    /// The summary, once a summary job has succeeded.
    #[schema(required)]
    result: Option<ResultBody>,
}

impl JobBody {
    pub(crate) fn new(item: JobItem, result: Option<ResultBody>) -> Self {
        Self { item, result }
    }
}

/// Where the transcript came from, and how.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JobTranscript)]
pub(crate) struct TranscriptBody {
    #[serde(flatten)]
    info: TranscriptInfo,
    /// Ways to it that were left, in the order of their last time.
    attempts: Vec<TranscriptAttempt>,
}

/// A job without its result, as lists show it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JobItem {
    #[schema(example = "job_01JGFJJZ00000000000000000A")]
    id: String,
    /// Always `job`.
    #[schema(value_type = String, example = "job")]
    object: &'static str,
    kind: JobKind,
    status: Status,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When a worker first took it.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    started_at: Option<Timestamp>,
    #[schema(required, value_type = Option<String>, format = DateTime)]
    completed_at: Option<Timestamp>,
    /// An open job expires then; an ended one is forgotten.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// When the client no longer wants it.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    deadline: Option<Timestamp>,
    input: InputBody,
    /// What is known about the video, once it has been looked at.
    #[schema(required)]
    video: Option<VideoBody>,
    progress: ProgressBody,
    /// Why it ended without a result.
    #[schema(required)]
    error: Option<FailureBody>,
    /// What the last attempt ended in, while the job waits for the next one.
    #[schema(required)]
    last_error: Option<FailureBody>,
    /// What should be known about the result.
    warnings: Vec<String>,
    /// Says how the result falls short of what a healthy service would have made.
    #[schema(required)]
    degraded: Option<String>,
    #[schema(required)]
    transcript: Option<TranscriptBody>,
    /// Ways to a transcript that were left so far, also while there is none.
    transcript_attempts: Vec<TranscriptAttempt>,
    usage: UsageBody,
    /// What each stage took.
    timings: Vec<StageTime>,
    cache: CacheBody,
    /// Why a queued job is not being worked on yet.
    #[schema(required)]
    waiting_reason: Option<WaitingReason>,
    #[schema(required, value_type = Option<String>, format = DateTime)]
    retry_at: Option<Timestamp>,
    /// Attempts that failed and were worth repeating.
    attempts: u32,
    /// The batch it belongs to.
    #[schema(required)]
    batch: Option<String>,
    /// The ended job that this one does again.
    #[schema(required)]
    retry_of: Option<String>,
    #[schema(required)]
    client_reference: Option<String>,
    metadata: BTreeMap<String, String>,
    #[schema(required)]
    webhook: Option<WebhookBody>,
    urls: Urls,
    /// Grows with every change; also the `ETag`.
    revision: u64,
}

impl JobItem {
    /// `preview` is whether the video names its picture.
    pub(crate) fn new(job: Job, now: Timestamp, preview: bool) -> Self {
        Self {
            id: job.id.to_string(),
            object: "job",
            kind: job.kind,
            status: job.status,
            created_at: job.created_at,
            started_at: job.started_at,
            completed_at: job.completed_at,
            expires_at: job.expires_at,
            deadline: job.deadline,
            progress: ProgressBody::new(&job, now),
            usage: UsageBody::from(&job),
            urls: Urls::new(job.id, job.kind),
            input: job.input.into(),
            video: job.video.map(|it| VideoBody::new(it, preview)),
            error: job.error.map(Into::into),
            last_error: job.last_error.map(Into::into),
            warnings: job.warnings,
            degraded: job.degraded,
            transcript_attempts: job.left.clone(),
            transcript: job.transcript.map(|info| TranscriptBody { info, attempts: job.left }),
            timings: job.timings,
            cache: job.cache.into(),
            waiting_reason: job.waiting_reason,
            retry_at: job.retry_at,
            attempts: job.attempts,
            batch: job.batch.map(|it| it.to_string()),
            retry_of: job.retry_of.map(|it| it.to_string()),
            client_reference: job.client_reference,
            metadata: job.metadata,
            webhook: job.webhook.map(Into::into),
            revision: job.revision,
        }
    }
}

/// What was asked for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JobInput)]
pub(crate) struct InputBody {
    /// Rebuilt from the id: the one form of the link that is used. `null` if the
    /// job is not about one video.
    #[schema(required, format = "uri", example = "https://www.youtube.com/watch?v=dQw4w9WgXcQ")]
    url: Option<String>,
    #[schema(required, example = "dQw4w9WgXcQ")]
    video_id: Option<String>,
    /// Of a transcript that the client sent.
    #[schema(required)]
    title: Option<String>,
    /// Only what is said then is read; `null` is all of it.
    #[schema(required)]
    range: Option<RangeBody>,
    /// BCP-47, or `auto`.
    #[schema(example = "auto")]
    language: String,
    style: Style,
    priority: Priority,
    /// Where it is pinned to; `null` is nowhere.
    #[schema(required)]
    region: Option<Region>,
    cache: CacheMode,
}

impl From<JobInput> for InputBody {
    fn from(input: JobInput) -> Self {
        Self {
            url: input.video_id.as_ref().map(VideoId::watch_url),
            video_id: input.video_id.map(|it| it.to_string()),
            title: input.transcript.and_then(|it| it.title),
            range: input.range.map(Into::into),
            language: input.language.unwrap_or_else(|| "auto".to_owned()),
            style: input.style,
            priority: input.priority,
            region: input.region,
            cache: input.cache,
        }
    }
}

/// A part of a video.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Range)]
pub(crate) struct RangeBody {
    /// In seconds.
    start: f64,
    /// In seconds; `null` is the end of the video.
    #[schema(required)]
    end: Option<f64>,
}

impl From<TimeRange> for RangeBody {
    fn from(range: TimeRange) -> Self {
        Self { start: super::seconds(range.start), end: range.end.map(super::seconds) }
    }
}

/// An address that is told of the job.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JobWebhook)]
pub(crate) struct WebhookBody {
    #[schema(format = "uri")]
    url: String,
    /// Empty: all but `job.started` and `job.progress`.
    events: Vec<EventType>,
}

impl From<JobWebhook> for WebhookBody {
    fn from(webhook: JobWebhook) -> Self {
        let JobWebhook { url, events, key: _ } = webhook;
        Self { url, events }
    }
}

/// Where to go from here; paths on this server.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JobUrls)]
pub(crate) struct Urls {
    #[schema(format = "uri-reference")]
    get: String,
    #[schema(format = "uri-reference")]
    cancel: String,
    #[schema(format = "uri-reference")]
    retry: String,
    #[schema(format = "uri-reference")]
    events: String,
    /// `null` of any but a summary job.
    #[schema(required, format = "uri-reference")]
    summary: Option<String>,
    /// `null` of a batch.
    #[schema(required, format = "uri-reference")]
    transcript: Option<String>,
    /// Its items; `null` of any but a batch.
    #[schema(required, format = "uri-reference")]
    batch: Option<String>,
}

impl Urls {
    fn new(id: JobId, kind: JobKind) -> Self {
        let get = format!("/v1/jobs/{id}");
        Self {
            cancel: format!("{get}/cancel"),
            retry: format!("{get}/retry"),
            events: format!("{get}/events"),
            summary: (kind == JobKind::Summary).then(|| format!("{get}/summary")),
            transcript: (kind != JobKind::Batch).then(|| format!("{get}/transcript")),
            batch: (kind == JobKind::Batch).then(|| format!("/v1/batches/{id}")),
            get,
        }
    }
}
