//! How an attempt ends when it does not succeed, and which port error means
//! which.

use jiff::Timestamp;

use crate::error::{ErrorCode, Failure};
use crate::job::{JobId, WaitingReason};
use crate::ports::{BoxError, MediaError, StoreError, SummarizerError};
use crate::retry::RetryClass;

/// How an attempt ends when it does not succeed.
#[derive(Debug)]
pub enum JobError {
    /// Counts as an attempt; again when the retry policy says so.
    Retry { failure: Failure, class: RetryClass, reason: WaitingReason, source: Option<BoxError> },
    /// Does not count; again at `until`, or at the policy's pace if unknown.
    Wait { failure: Failure, until: Option<Timestamp>, reason: WaitingReason },
    /// As `Wait`, after a delay.
    Pause { failure: Failure, delay: std::time::Duration, reason: WaitingReason },
    /// Give up now and record this.
    Fail(Failure),
    /// That job does the same work: wait for its result.
    Follow(JobId),
    /// The jobs that this one made have not ended; look again then, or when woken.
    Children { look_in: std::time::Duration },
    /// The job is no longer ours: stop, and write nothing.
    Lost,
}

impl JobError {
    pub(super) fn fail(code: ErrorCode) -> Self {
        Self::Fail(code.into())
    }

    fn resting(code: ErrorCode, delay: std::time::Duration) -> Self {
        Self::Pause { failure: code.into(), delay, reason: WaitingReason::Breaker }
    }

    fn retry(code: ErrorCode, source: BoxError) -> Self {
        let failure = code.into();
        let class = RetryClass::Transient;
        Self::Retry { failure, class, reason: WaitingReason::Retry, source: Some(source) }
    }
}

impl From<StoreError> for JobError {
    fn from(error: StoreError) -> Self {
        Self::retry(ErrorCode::Unavailable, error.into())
    }
}

impl From<MediaError> for JobError {
    fn from(error: MediaError) -> Self {
        match error {
            MediaError::Permanent(failure) => Self::Fail(failure),
            MediaError::Silent(_) => Self::fail(ErrorCode::NoCaptions),
            MediaError::Transient { failure, after, source } => {
                let class = after.map_or(RetryClass::Transient, RetryClass::After);
                Self::Retry { failure, class, reason: WaitingReason::Retry, source }
            }
            MediaError::Blocked { failure, after } => Self::Retry {
                failure,
                class: RetryClass::After(after),
                reason: WaitingReason::Blocked,
                source: None,
            },
            MediaError::Resting { after } => Self::resting(ErrorCode::RouteResting, after),
            MediaError::NotYet { failure, until } => {
                let live = failure.code == ErrorCode::VideoLive;
                let reason = if live { WaitingReason::Live } else { WaitingReason::NotStarted };
                Self::Wait { failure, until, reason }
            }
        }
    }
}

impl From<SummarizerError> for JobError {
    fn from(error: SummarizerError) -> Self {
        let quota = || ErrorCode::SummarizerQuota.into();
        match error {
            SummarizerError::RateLimited { retry_after } => {
                Self::Pause { failure: quota(), delay: retry_after, reason: WaitingReason::Quota }
            }
            SummarizerError::QuotaSpent { until } => {
                Self::Wait { failure: quota(), until: Some(until), reason: WaitingReason::Quota }
            }
            SummarizerError::Resting { retry_after } => {
                Self::resting(ErrorCode::SummarizerUnavailable, retry_after)
            }
            SummarizerError::Blocked => Self::fail(ErrorCode::SummarizerBlocked),
            SummarizerError::Unreadable => Self::fail(ErrorCode::SummarizerUnreadable),
            SummarizerError::Unauthorized { problem } => {
                Self::Fail(Failure::new(ErrorCode::SummarizerUnauthorized, problem))
            }
            error @ SummarizerError::InvalidAnswer => {
                Self::retry(ErrorCode::SummarizerInvalidAnswer, error.into())
            }
            error @ SummarizerError::Transient(_) => {
                Self::retry(ErrorCode::SummarizerUnavailable, error.into())
            }
        }
    }
}
