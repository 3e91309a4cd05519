//! Errors in Google's shape.

use hyper::StatusCode;
use serde_json::{Value, json};

use super::Fault;

/// A status and the body that goes with it.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) status: StatusCode,
    pub(super) body: Value,
}

impl Problem {
    fn new(status: StatusCode, name: &str, message: &str, details: Option<Value>) -> Self {
        let mut error = json!({"code": status.as_u16(), "message": message, "status": name});
        if let Some(details) = details {
            error["details"] = details;
        }
        Self { status, body: json!({"error": error}) }
    }

    /// The error of a fault that has one; the others spoil the answer instead.
    pub(super) fn of(fault: Fault, model: &str) -> Option<Self> {
        Some(match fault {
            Fault::RateMinute => Self::quota(
                model,
                "GenerateRequestsPerMinutePerProjectPerModel-FreeTier",
                "10",
                "1s",
            ),
            Fault::RateDay => {
                Self::quota(model, "GenerateRequestsPerDayPerProjectPerModel-FreeTier", "20", "34s")
            }
            Fault::Unavailable => Self::unavailable(),
            Fault::Internal => Self::internal(),
            Fault::NotFound => Self::no_model(model),
            Fault::KeyInvalid => Self::key_invalid(),
            Fault::Forbidden => Self::new(
                StatusCode::FORBIDDEN,
                "PERMISSION_DENIED",
                "Your API key was reported as leaked. Please use another API key.",
                None,
            ),
            Fault::Region => Self::new(
                StatusCode::BAD_REQUEST,
                "FAILED_PRECONDITION",
                "User location is not supported for the API use.",
                None,
            ),
            Fault::ArrayWrappedError => {
                let Self { status, body } = Self::unavailable();
                Self { status, body: json!([body]) }
            }
            _ => return None,
        })
    }

    pub(super) fn invalid(message: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "INVALID_ARGUMENT", message, None)
    }

    pub(super) fn no_such_path() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", "Requested entity was not found.", None)
    }

    pub(super) fn no_file() -> Self {
        let message = "You do not have permission to access the File or it may not exist.";
        Self::new(StatusCode::FORBIDDEN, "PERMISSION_DENIED", message, None)
    }

    pub(super) fn no_model(model: &str) -> Self {
        let message = format!(
            "models/{model} is not found for API version v1beta, or is not supported for generateContent. \
             Call ListModels to see the list of available models and their supported methods."
        );
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", &message, None)
    }

    pub(super) fn no_key() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "PERMISSION_DENIED",
            "Method doesn't allow unregistered callers (callers without established identity). \
             Please use API Key or other form of API consumer identity to call this API.",
            None,
        )
    }

    pub(super) fn key_invalid() -> Self {
        let details = json!([{
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": "API_KEY_INVALID",
            "domain": "googleapis.com",
            "metadata": {"service": "generativelanguage.googleapis.com"},
        }]);
        let message = "API key not valid. Please pass a valid API key.";
        Self::new(StatusCode::BAD_REQUEST, "INVALID_ARGUMENT", message, Some(details))
    }

    pub(super) fn internal() -> Self {
        let message = "An internal error has occurred. Please retry or report the problem.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", message, None)
    }

    fn unavailable() -> Self {
        let message = "The model is overloaded. Please try again later.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", message, None)
    }

    fn quota(model: &str, quota: &str, limit: &str, wait: &str) -> Self {
        const METRIC: &str =
            "generativelanguage.googleapis.com/generate_content_free_tier_requests";
        let details = json!([
            {
                "@type": "type.googleapis.com/google.rpc.QuotaFailure",
                "violations": [{
                    "quotaMetric": METRIC,
                    "quotaId": quota,
                    "quotaDimensions": {"location": "global", "model": model},
                    "quotaValue": limit,
                }],
            },
            {
                "@type": "type.googleapis.com/google.rpc.Help",
                "links": [{
                    "description": "Learn more about Gemini API quotas",
                    "url": "https://ai.google.dev/gemini-api/docs/rate-limits",
                }],
            },
            {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": wait},
        ]);
        let message = format!(
            "You exceeded your current quota, please check your plan and billing details.\n\
             * Quota exceeded for metric: {METRIC}, limit: {limit}, model: {model}\nPlease retry in {wait}."
        );
        Self::new(StatusCode::TOO_MANY_REQUESTS, "RESOURCE_EXHAUSTED", &message, Some(details))
    }
}
