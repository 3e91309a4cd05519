//! What was asked, and the answer that fits it.

use actix_web::body::BoxBody;
use actix_web::dev::ServiceResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::{Error, HttpResponse, HttpResponseBuilder, ResponseError};
use recap_core::ErrorCode;
use tracing::{error, warn};

use super::manners::{Manners, Origin};
use super::packed::Packing;
use super::unread::Unread;
use crate::error::{ApiError, PROBLEM_JSON, Problem, status_of};
use crate::request_id::{REQUEST_ID, RequestId};

/// What was asked, for the answer.
pub(super) struct Asked<'a> {
    pub(super) id: RequestId,
    pub(super) path: String,
    pub(super) unread: Option<Unread>,
    pub(super) manners: &'a Manners,
    /// The page that asked.
    pub(super) origin: Origin,
    /// Whether the answer may be compressed.
    pub(super) packing: Packing,
}

impl Asked<'_> {
    /// The answer with its headers; if it is an error, with its problem.
    pub(super) fn finish(
        &self,
        answer: Result<ServiceResponse<BoxBody>, Error>,
    ) -> Result<ServiceResponse<BoxBody>, Error> {
        // Without a request at hand the answer travels as an error.
        let mut answer = answer.map_err(|error| self.problem(&error))?;
        if let Some(mut problem) = answer.response().error().map(|it| self.problem(it)) {
            problem.add(answer.headers());
            return Ok(answer.into_response(problem.error_response()));
        }
        self.mark(answer.headers_mut());
        Ok(self.packing.pack(answer).map_body(|_, body| hold(self.unread.as_ref(), body)))
    }

    fn problem(&self, error: &Error) -> Framed {
        let Some(error) = error.as_error::<ApiError>() else {
            return self.framed(&foreign(error));
        };
        self.framed(error)
    }

    fn framed(&self, error: &ApiError) -> Framed {
        log(error);
        let mut headers = error.more.as_ref().map(|it| it.headers.clone()).unwrap_or_default();
        self.mark(&mut headers);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if let Some(after) = error.retry_after {
            headers.insert(header::RETRY_AFTER, after.as_secs().max(1).into());
        }
        let problem = Problem::new(error, &self.path, self.id.as_str());
        let unread = self.unread.clone();
        Framed { status: status_of(error.code), headers, problem, unread }
    }

    /// The headers of every answer.
    fn mark(&self, headers: &mut HeaderMap) {
        headers.insert(REQUEST_ID, self.id.header());
        self.manners.mark(&self.origin, headers);
    }
}

fn hold(unread: Option<&Unread>, body: BoxBody) -> BoxBody {
    match unread {
        Some(unread) => unread.clone().until_written(body),
        None => body,
    }
}

/// An error that no handler of ours made: actix's own.
fn foreign(error: &Error) -> ApiError {
    let status = error.as_response_error().status_code();
    if status.is_client_error() {
        return ApiError::new(ErrorCode::ValidationFailed, "The request could not be read.");
    }
    ApiError::internal(error.to_string())
}

/// The only place where a failed request is logged; 4xx are the client's.
fn log(error: &ApiError) {
    if !status_of(error.code).is_server_error() {
        return;
    }
    let source = error.source.as_ref().map(ToString::to_string);
    if error.code == ErrorCode::Internal {
        error!(code = %error.code, error = source, "request failed");
    } else {
        warn!(code = %error.code, error = source, "request refused");
    }
}

/// A problem, complete.
#[derive(Debug)]
struct Framed {
    status: StatusCode,
    headers: HeaderMap,
    problem: Problem,
    unread: Option<Unread>,
}

impl Framed {
    /// What was said around the handler, such as what the request was charged.
    fn add(&mut self, headers: &HeaderMap) {
        for (name, value) in headers {
            if !self.headers.contains_key(name) {
                self.headers.append(name.clone(), value.clone());
            }
        }
    }
}

impl std::fmt::Display for Framed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.status)
    }
}

impl ResponseError for Framed {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut answer = HttpResponseBuilder::new(self.status);
        for header in &self.headers {
            answer.insert_header(header);
        }
        answer.json(&self.problem).map_body(|_, body| hold(self.unread.as_ref(), body))
    }
}
