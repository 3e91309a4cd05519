//! A job: what a client asked for, how far it is, and how it ended.
//!
//! Invariant: a terminal status never changes. The type says which changes are
//! allowed ([`Status::may_become`]); the store guards them in its queries.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ulid::Ulid;

use crate::error::Failure;
use crate::summary::{Style, Summary, Usage};
use crate::transcript::TranscriptSource;
use crate::video::{VideoId, VideoMetadata};

/// Names a job, written `job_` and a ULID; sorts by time of creation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct JobId(Ulid);

impl JobId {
    pub fn generate() -> Self {
        Self(Ulid::generate())
    }
}

/// The text is not `job_` and a ULID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a job id is `job_` and 26 characters")]
pub struct InvalidJobId;

impl FromStr for JobId {
    type Err = InvalidJobId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let ulid = text.strip_prefix("job_").ok_or(InvalidJobId)?;
        Ulid::from_string(ulid).map(Self).map_err(|_| InvalidJobId)
    }
}

impl TryFrom<String> for JobId {
    type Error = InvalidJobId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<JobId> for String {
    fn from(id: JobId) -> Self {
        id.to_string()
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "job_{}", self.0)
    }
}

impl fmt::Debug for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

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
}

/// Where a job is. A closed list; the last four are terminal.
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
    strum::VariantArray,
    strum::VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Status {
    /// Waits for a worker, or for the time in `retry_at`.
    Queued,
    /// A worker holds it.
    Running,
    Succeeded,
    Failed,
    Canceled,
    /// It was not done before its time was over.
    Expired,
}

impl Status {
    pub fn is_terminal(self) -> bool {
        !matches!(self, Self::Queued | Self::Running)
    }

    /// The transition rules: work goes back and forth between `queued` and
    /// `running`; a job that waits can be canceled or expire, but only a worker
    /// that holds it finds out whether it succeeds; an ended job stays as it is.
    pub fn may_become(self, next: Self) -> bool {
        match (self, next) {
            (Self::Queued, Self::Running | Self::Canceled | Self::Expired)
            | (Self::Running, Self::Queued) => true,
            (Self::Running, next) => next.is_terminal(),
            _ => false,
        }
    }
}

/// Which of two waiting jobs goes first.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Someone waits for it.
    #[default]
    Interactive,
    /// It may wait for all that is interactive.
    Bulk,
}

/// What the client asked for, checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobInput {
    pub video_id: VideoId,
    /// BCP-47 of the summary, or `None` for the video's own.
    #[serde(default)]
    pub language: Option<String>,
    #[serde(default)]
    pub style: Style,
    #[serde(default)]
    pub priority: Priority,
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
    #[serde(default)]
    pub usage: Usage,
    #[serde(default)]
    pub child: Option<ChildUsage>,
    #[serde(default)]
    pub timings: Vec<StageTime>,
    #[serde(default)]
    pub waiting_reason: Option<WaitingReason>,
    #[serde(default)]
    pub retry_at: Option<Timestamp>,
    /// Attempts that ended in a failure worth repeating.
    #[serde(default)]
    pub attempts: u32,
    /// Raised by every write; the `ETag` of the job.
    #[serde(default)]
    pub revision: u64,
}

impl Job {
    /// A job that has just been asked for.
    pub fn new(kind: JobKind, input: JobInput, now: Timestamp, expires_at: Timestamp) -> Self {
        Self {
            id: JobId::generate(),
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
            usage: Usage::default(),
            child: None,
            timings: Vec::new(),
            waiting_reason: None,
            retry_at: None,
            attempts: 0,
            revision: 0,
        }
    }

    /// Adds a warning once.
    pub fn warn(&mut self, warning: impl Into<String>) {
        let warning = warning.into();
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }
}

#[cfg(test)]
mod tests {
    use strum::VariantArray as _;

    use super::Status::{self, Canceled, Expired, Failed, Queued, Running, Succeeded};

    #[track_caller]
    fn check(from: Status, allowed: &[Status]) {
        for &next in Status::VARIANTS {
            assert_eq!(from.may_become(next), allowed.contains(&next), "{from} to {next}");
        }
    }

    #[test]
    fn an_open_job_moves_and_an_ended_one_stays() {
        check(Queued, &[Running, Canceled, Expired]);
        check(Running, &[Queued, Succeeded, Failed, Canceled, Expired]);
        for ended in [Succeeded, Failed, Canceled, Expired] {
            check(ended, &[]);
        }
    }
}
