//! Why a call fails, whoever was called.

use std::time::Duration;

use recap_core::ports::BoxError;

/// Why a call brought no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Over a quota per minute.
    Rate { retry_after: Duration },
    /// Over the quota of the day.
    DaySpent,
    /// There is no such model (any more).
    Retired,
    /// No model will answer us before somebody mends this.
    Refused(&'static str),
    /// We may not use this API, or not look at what we named.
    NoRight(&'static str),
    /// The model does not take this request.
    BadRequest,
    /// Likely to go away by itself: a busy server, a lost or silent connection.
    Passing(BoxError),
}

impl Failure {
    pub(crate) fn passing(problem: impl Into<BoxError>) -> Self {
        Self::Passing(problem.into())
    }
}
