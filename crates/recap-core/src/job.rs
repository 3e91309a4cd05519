//! A job: what a client asked for, how far it is, and how it ended.
//!
//! Invariant: a terminal status never changes. The type says which changes are
//! allowed ([`Status::may_become`]); the store guards them in its queries.

mod batch;
mod id;
mod input;
mod lane;
mod status;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::{ErrorCode, Failure};
use crate::summary::{Summary, Usage};
use crate::transcript::TranscriptSource;
use crate::video::VideoMetadata;
use crate::webhook::JobWebhook;

pub use batch::{BatchCounts, BatchInput, BatchItem};
pub use id::{InvalidJobId, JobId};
pub use input::{CacheMode, JobInput, OwnTranscript, TimeRange};
pub use lane::{InvalidRegion, Lane, Owner, Priority, Region};
pub use status::Status;

/// What a job produces.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
    strum::Display,
    strum::EnumString,
    strum::VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum JobKind {
    Summary,
    Transcript,
    /// Makes jobs of the other kinds, and ends when they have.
    Batch,
}

/// What a running job is doing.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
    strum::Display,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Stage {
    #[default]
    Waiting,
    /// yt-dlp fetches metadata and captions.
    Fetching,
    /// Segments are being summarised.
    Summarizing,
    /// The segments' notes become one summary.
    Combining,
    Done,
}

/// How far a job is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub stage: Stage,
    pub segments_done: u32,
    pub segments_total: u32,
}

impl Progress {
    /// 0 to 100. Fetching counts for a tenth and combining for another, which
    /// is what they were measured to take of a captioned video.
    pub fn percent(self) -> u8 {
        match self.stage {
            Stage::Waiting | Stage::Fetching => 0,
            Stage::Summarizing => {
                let total = self.segments_total.max(1);
                let share = 80 * self.segments_done.min(total) / total;
                10 + u8::try_from(share).expect("at most 80")
            }
            Stage::Combining => 90,
            Stage::Done => 100,
        }
    }
}

/// Where the transcript came from and how much of the video it covers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TranscriptInfo {
    pub source: TranscriptSource,
    /// BCP-47 of the track.
    pub language: String,
    /// Share of the video up to the end of its last cue, 0 to 1.
    pub coverage: f64,
}

/// A kind of way to a transcript, from the best to the last. Only added to.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, strum::Display,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Rung {
    /// What any job has fetched before, or was told of the video.
    Cache,
    /// Captions, fetched from YouTube.
    Captions,
    /// The summariser watches the public video.
    Video,
    /// The summariser listens to what is heard in the video.
    Audio,
}

/// A way to a transcript that was left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TranscriptAttempt {
    pub rung: Rung,
    /// The way to YouTube by its name, where there are several.
    pub route: Option<String>,
    /// Why it was left.
    pub code: ErrorCode,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// Why a queued job is not being worked on yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WaitingReason {
    /// An attempt failed and the next one is due at `retry_at`.
    Retry,
    /// The summariser's quota is spent until `retry_at`.
    Quota,
    /// The video starts at `retry_at`.
    NotStarted,
    /// The video is live; it is looked at again at `retry_at`.
    Live,
    /// YouTube blocks this server's address until about `retry_at`.
    Blocked,
    /// YouTube or the summariser failed several times in a row, and is left
    /// alone until `retry_at`.
    Breaker,
    /// Another job does the same work; this one will have its result.
    Identical,
    /// A batch waits for its jobs.
    Children,
}

/// How much of an ended job its webhooks have been told. What is not told yet is
/// the outbox: it is written with the status itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    #[default]
    Nothing,
    /// That it has started.
    Start,
    /// That it has ended.
    End,
}

/// What of a result was made before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CacheHit {
    pub level: CacheLevel,
    pub age_seconds: u64,
}

/// Where finished work was found.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, strum::Display,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum CacheLevel {
    /// In the memory of the process.
    Memory,
    /// In the cache that all processes share.
    Shared,
    /// In the document of a job that did the same work.
    Job,
}

/// What a stage took.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct StageTime {
    pub stage: Stage,
    /// Wall-clock time.
    pub milliseconds: u64,
}

/// What a child process used, as the operating system accounts for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ChildUsage {
    /// User and system time.
    pub cpu_ms: u64,
    /// Wall-clock time.
    pub wall_ms: u64,
    /// Largest resident set, in bytes.
    pub peak_memory_bytes: u64,
}

/// The job document: the truth about a job, of which a queue entry is only a
/// pointer. Transcript and notes are kept beside it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Job {
    pub id: JobId,
    #[serde(default)]
    pub owner: Owner,
    pub kind: JobKind,
    pub status: Status,
    pub created_at: Timestamp,
    #[serde(default)]
    pub started_at: Option<Timestamp>,
    #[serde(default)]
    pub completed_at: Option<Timestamp>,
    /// An open job that reaches it expires; an ended one is forgotten.
    pub expires_at: Timestamp,
    pub input: JobInput,
    #[serde(default)]
    pub video: Option<VideoMetadata>,
    #[serde(default)]
    pub progress: Progress,
    #[serde(default)]
    pub result: Option<Summary>,
    /// Why it ended without a result.
    #[serde(default)]
    pub error: Option<Failure>,
    /// What its last attempt ended in, while it waits for the next one.
    #[serde(default)]
    pub last_error: Option<Failure>,
    /// Things the client should know about a result, in our own words.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// Set when the result is not what a healthy service would have made.
    #[serde(default)]
    pub degraded: Option<String>,
    #[serde(default)]
    pub transcript: Option<TranscriptInfo>,
    /// Ways to the transcript that were left, in the order of their last time.
    #[serde(default)]
    pub left: Vec<TranscriptAttempt>,
    #[serde(default)]
    pub usage: Usage,
    #[serde(default)]
    pub child: Option<ChildUsage>,
    #[serde(default)]
    pub timings: Vec<StageTime>,
    /// Set when the result was not made by this job.
    #[serde(default)]
    pub cache: Option<CacheHit>,
    #[serde(default)]
    pub waiting_reason: Option<WaitingReason>,
    #[serde(default)]
    pub retry_at: Option<Timestamp>,
    /// The job whose result this one waits for.
    #[serde(default)]
    pub follows: Option<JobId>,
    /// An end that the client asked for: `expires_at` is never later.
    #[serde(default)]
    pub deadline: Option<Timestamp>,
    /// What the client calls it.
    #[serde(default)]
    pub client_reference: Option<String>,
    /// What the client wants back with it; bounded by the API.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// An address that is told of this job.
    #[serde(default)]
    pub webhook: Option<JobWebhook>,
    #[serde(default)]
    pub told: Told,
    /// The batch it belongs to.
    #[serde(default)]
    pub batch: Option<JobId>,
    /// What became of each item; only of a batch.
    #[serde(default)]
    pub items: Vec<BatchItem>,
    /// How its jobs are; only of a batch.
    #[serde(default)]
    pub counts: BatchCounts,
    /// The ended job that this one does again, from where it stopped.
    #[serde(default)]
    pub retry_of: Option<JobId>,
    /// Attempts that ended in a failure worth repeating.
    #[serde(default)]
    pub attempts: u32,
    /// Raised by every write; the `ETag` of the job.
    #[serde(default)]
    pub revision: u64,
}

impl Job {
    /// A job that has just been asked for.
    pub fn new(
        owner: Owner,
        kind: JobKind,
        input: JobInput,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Self {
        Self {
            id: JobId::generate(),
            owner,
            kind,
            status: Status::Queued,
            created_at: now,
            started_at: None,
            completed_at: None,
            expires_at,
            input,
            video: None,
            progress: Progress::default(),
            result: None,
            error: None,
            last_error: None,
            warnings: Vec::new(),
            degraded: None,
            transcript: None,
            left: Vec::new(),
            usage: Usage::default(),
            child: None,
            timings: Vec::new(),
            cache: None,
            waiting_reason: None,
            retry_at: None,
            follows: None,
            deadline: None,
            client_reference: None,
            metadata: BTreeMap::new(),
            webhook: None,
            told: Told::Nothing,
            batch: None,
            items: Vec::new(),
            counts: BatchCounts::default(),
            retry_of: None,
            attempts: 0,
            revision: 0,
        }
    }

    /// What people call what it is about, if that is known.
    pub fn title(&self) -> Option<&str> {
        let own = self.input.transcript.as_ref().and_then(|it| it.title.as_deref());
        self.video.as_ref().map(|it| it.title.as_str()).or(own)
    }

    /// Notes that a way was left; of each way the last time counts.
    pub fn leave(&mut self, attempt: TranscriptAttempt) {
        self.left.retain(|it| (it.rung, &it.route) != (attempt.rung, &attempt.route));
        self.left.push(attempt);
    }

    /// Adds a warning once.
    pub fn warn(&mut self, warning: impl Into<String>) {
        let warning = warning.into();
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }
}
