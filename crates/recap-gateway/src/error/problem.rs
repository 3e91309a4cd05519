//! The body of every answer that is not a success: RFC 9457.

use recap_core::ErrorCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::{ApiError, status_of};
use crate::body::Parts;

pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

/// Why a request was not answered as asked (RFC 9457).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// Names the kind of problem: `/errors/` and the code.
    #[serde(rename = "type")]
    #[schema(format = "uri-reference", example = "/errors/job_not_found")]
    kind: String,
    /// The code in one short sentence.
    #[schema(value_type = String, example = "There is no such job")]
    title: &'static str,
    /// The HTTP status.
    #[schema(example = 404)]
    status: u16,
    /// What was wrong with this request, in a sentence that a person can act on.
    detail: String,
    /// Path of the request.
    #[schema(format = "uri-reference", example = "/v1/jobs/job_01JGFJJZ00000000000000000A")]
    instance: String,
    code: ErrorCode,
    /// Whether the same request may succeed later without being changed.
    retryable: bool,
    /// Names this request in the server's log; also in `x-request-id`.
    request_id: String,
    /// The parts of the request that are not allowed; empty if it is not one part.
    errors: Vec<FieldError>,
    /// The limits that there was too much for, as named by `ratelimit-policy`; only
    /// of `rate_limited`.
    #[serde(rename = "violated-policies", skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>, required = false, example = json!(["submit"]))]
    violated: Vec<&'static str>,
    /// How what the process depends on is; only of `/health`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Parts, required = false)]
    parts: Option<Box<Parts>>,
}

/// One part of a request that is not allowed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct FieldError {
    /// Where it is: a JSON pointer into the body such as `/url`, `?` and the name
    /// of a query parameter, or the name of a header.
    #[schema(example = "/url")]
    pub(crate) pointer: String,
    /// What is allowed there.
    pub(crate) detail: String,
}

impl FieldError {
    pub(crate) fn new(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), detail: detail.into() }
    }
}

impl Problem {
    pub(crate) fn new(error: &ApiError, instance: &str, request_id: &str) -> Self {
        Self {
            kind: format!("/errors/{}", error.code),
            title: error.code.title(),
            status: status_of(error.code).as_u16(),
            detail: error.detail.clone().into_owned(),
            instance: instance.to_owned(),
            code: error.code,
            retryable: error.retryable,
            request_id: request_id.to_owned(),
            errors: error.errors.clone(),
            violated: error.more.as_ref().map(|it| it.violated.clone()).unwrap_or_default(),
            parts: error.parts.clone(),
        }
    }
}
