//! How far a job is, what it cost and why it did not work.

use jiff::Timestamp;
use recap_core::job::{CacheHit, CacheLevel, ChildUsage, Stage};
use recap_core::{ErrorCode, Failure, Job, Status};
use serde::Serialize;
use utoipa::ToSchema;

use super::seconds_between;

/// How far a job is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Progress)]
pub(crate) struct ProgressBody {
    stage: Stage,
    segments_done: u32,
    segments_total: u32,
    /// 0 to 100.
    #[schema(minimum = 0, maximum = 100)]
    percent: u8,
    /// Estimated from the time so far; `null` until there is something to
    /// estimate from.
    #[schema(required)]
    eta_seconds: Option<u64>,
}

impl ProgressBody {
    pub(crate) fn new(job: &Job, now: Timestamp) -> Self {
        Self {
            stage: job.progress.stage,
            segments_done: job.progress.segments_done,
            segments_total: job.progress.segments_total,
            percent: job.progress.percent(),
            eta_seconds: eta(job, now),
        }
    }
}

/// Seconds until `job` ends, estimated from the time so far; only of one that
/// runs and has got somewhere.
pub(crate) fn eta(job: &Job, now: Timestamp) -> Option<u64> {
    let started = job.started_at.filter(|_| job.status == Status::Running)?;
    let percent = u64::from(job.progress.percent());
    let left = 100_u64.saturating_sub(percent);
    seconds_between(started, now).saturating_mul(left).checked_div(percent)
}

/// Why a job, or its last attempt, did not work.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Failure)]
pub(crate) struct FailureBody {
    code: ErrorCode,
    /// The code in one short sentence.
    #[schema(value_type = String)]
    title: &'static str,
    /// What happened, in a sentence that a person can act on.
    detail: String,
    /// Whether the same request may succeed later without being changed.
    retryable: bool,
}

impl From<Failure> for FailureBody {
    fn from(failure: Failure) -> Self {
        let Failure { code, detail, retryable } = failure;
        Self { code, title: code.title(), detail: detail.into_owned(), retryable }
    }
}

/// Whether the work was done before.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CacheUse)]
pub(crate) struct CacheBody {
    /// The result, or part of it, was not made by this job.
    hit: bool,
    /// Where it was found.
    #[schema(required)]
    level: Option<CacheLevel>,
    /// How long before that it was made.
    #[schema(required)]
    age_seconds: Option<u64>,
}

impl From<Option<CacheHit>> for CacheBody {
    fn from(hit: Option<CacheHit>) -> Self {
        Self {
            hit: hit.is_some(),
            level: hit.map(|it| it.level),
            age_seconds: hit.map(|it| it.age_seconds),
        }
    }
}

/// What a job cost.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Usage)]
pub(crate) struct UsageBody {
    input_tokens: u64,
    output_tokens: u64,
    /// Calls of the summariser.
    calls: u32,
    /// What yt-dlp used, once it has run.
    #[schema(required)]
    child: Option<ChildUsage>,
}

impl From<&Job> for UsageBody {
    fn from(job: &Job) -> Self {
        let usage = job.usage;
        Self {
            input_tokens: usage.input_tokens,
            output_tokens: usage.output_tokens,
            calls: usage.calls,
            child: job.child,
        }
    }
}
