//! What a handler says when it cannot do what was asked.

mod problem;
mod status;

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use actix_web::{HttpResponse, ResponseError};
use recap_core::ErrorCode;
use recap_core::ports::{BoxError, StoreError};

use crate::body::Parts;

pub(crate) use self::problem::{FieldError, PROBLEM_JSON, Problem};
pub use self::status::status_of;

pub(crate) type ApiResult<T> = Result<T, ApiError>;

/// When a store that did not answer is worth asking again.
const STORE_RETRY: Duration = Duration::from_secs(5);

/// A code and what the client should know about it. [`crate::frame`] makes the
/// answer of it, because only there are the path and the request id known.
#[derive(Debug)]
pub(crate) struct ApiError {
    pub(crate) code: ErrorCode,
    /// Our own words, never those of an upstream.
    pub(crate) detail: Cow<'static, str>,
    pub(crate) errors: Vec<FieldError>,
    pub(crate) retryable: bool,
    pub(crate) retry_after: Option<Duration>,
    /// What few errors say besides.
    pub(crate) more: Option<Box<More>>,
    /// How what the process depends on is, when that was the question.
    pub(crate) parts: Option<Box<Parts>>,
    /// For the log only.
    pub(crate) source: Option<BoxError>,
}

/// What an error says about who asked, and how often.
#[derive(Debug, Default)]
pub(crate) struct More {
    /// Further headers of the answer.
    pub(crate) headers: HeaderMap,
    /// The limits that there was too much for.
    pub(crate) violated: Vec<&'static str>,
}

impl ApiError {
    pub(crate) fn new(code: ErrorCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            detail: detail.into(),
            errors: Vec::new(),
            retryable: code.retryable(),
            retry_after: None,
            more: None,
            parts: None,
            source: None,
        }
    }

    /// The request is understood, but these parts of it are not allowed.
    pub(crate) fn invalid(errors: Vec<FieldError>) -> Self {
        let detail = match errors.as_slice() {
            [one] => one.detail.clone(),
            several => format!("{} problems were found", several.len()),
        };
        Self { errors, ..Self::new(ErrorCode::ValidationFailed, detail) }
    }

    /// There is no job with the id that was asked for.
    pub(crate) fn no_such_job() -> Self {
        Self::new(ErrorCode::JobNotFound, "No job has this id, or it has been forgotten.")
    }

    pub(crate) fn unavailable(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorCode::Unavailable, detail).retry_after(STORE_RETRY)
    }

    /// A mistake of ours; `source` is for the log.
    pub(crate) fn internal(source: impl Into<BoxError>) -> Self {
        let detail = "This is not your fault; the log has the request id.";
        Self { source: Some(source.into()), ..Self::new(ErrorCode::Internal, detail) }
    }

    /// What few errors say besides.
    pub(crate) fn more(&mut self) -> &mut More {
        self.more.get_or_insert_default()
    }

    pub(crate) fn retry_after(mut self, after: Duration) -> Self {
        self.retry_after = Some(after);
        self
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let answer = Self::unavailable("The store does not answer; try again in a moment.");
        Self { source: Some(error.0), ..answer }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.detail)
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        status_of(self.code)
    }

    /// Without a body: the frame around all handlers writes it.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}
