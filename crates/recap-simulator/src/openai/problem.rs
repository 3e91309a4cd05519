//! Errors, in the words and the form of each server.

use hyper::StatusCode;
use hyper::header::{HeaderValue, RETRY_AFTER};
use serde_json::{Value, json};

use super::{Fault, Shape};
use crate::http::{self, Reply};

/// What is wrong, before it has a form.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    status: u16,
    message: String,
    kind: &'static str,
    code: &'static str,
    param: &'static str,
    /// In seconds.
    retry_after: Option<u32>,
}

impl Problem {
    fn new(status: u16, message: &str, kind: &'static str, code: &'static str) -> Self {
        Self { status, message: message.to_owned(), kind, code, param: "", retry_after: None }
    }

    pub(super) fn invalid(message: &str, code: &'static str, param: &'static str) -> Self {
        Self { param, ..Self::new(400, message, "invalid_request_error", code) }
    }

    pub(super) fn too_large() -> Self {
        Self::new(413, "Request Entity Too Large", "invalid_request_error", "")
    }

    pub(super) fn no_key() -> Self {
        Self::new(401, "Incorrect API key provided", "authentication_error", "invalid_api_key")
    }

    pub(super) fn no_path(shape: Shape) -> Self {
        let message = match shape {
            Shape::LlamaCpp => "File Not Found",
            Shape::Ollama => "404 page not found",
            _ => "Not Found",
        };
        Self::new(404, message, "not_found_error", "")
    }

    pub(super) fn no_model(shape: Shape, model: &str) -> Self {
        let (status, message) = match shape {
            Shape::Ollama => (404, format!("model \"{model}\" not found, try pulling it first")),
            Shape::LlamaCpp => (400, format!("model '{model}' not found")),
            Shape::Openrouter => (404, format!("{model} is not a valid model ID")),
            Shape::Openai | Shape::Vllm => (404, format!("The model `{model}` does not exist.")),
        };
        Self { param: "model", ..Self::new(status, &message, "not_found_error", "model_not_found") }
    }

    pub(super) fn too_long(shape: Shape, tokens: u64, context: u64) -> Self {
        let message = match shape {
            Shape::LlamaCpp => format!(
                "request ({tokens} tokens) exceeds the available context size ({context} tokens), \
                 try increasing it"
            ),
            Shape::Vllm => format!(
                "You passed {tokens} input tokens. However, the model's context length is only \
                 {context} tokens."
            ),
            _ => format!(
                "This model's maximum context length is {context} tokens. However, your messages \
                 resulted in {tokens} tokens."
            ),
        };
        let kind = match shape {
            Shape::LlamaCpp => "exceed_context_size_error",
            _ => "invalid_request_error",
        };
        let code = if shape == Shape::Openai { "context_length_exceeded" } else { "" };
        Self::new(400, &message, kind, code)
    }

    /// The error of a fault that has one, for a request that it is about.
    pub(super) fn of(fault: Fault, shape: Shape, model: &str, request: &Value) -> Option<Self> {
        let has = |field: &str| request.get(field).is_some();
        let format = request["response_format"]["type"].as_str();
        Some(match fault {
            Fault::Rate => {
                let words = "Rate limit reached for requests";
                let problem = Self::new(429, words, "rate_limit_error", "rate_limit_exceeded");
                Self { retry_after: Some(1), ..problem }
            }
            Fault::Credit if shape == Shape::Openrouter => {
                Self::new(402, "Insufficient credits", "payment_required", "")
            }
            Fault::Credit => {
                let words =
                    "You exceeded your current quota, please check your plan and billing details.";
                Self::new(429, words, "insufficient_quota", "insufficient_quota")
            }
            Fault::Day => {
                Self::new(429, "Rate limit exceeded: free-models-per-day", "rate_limit_error", "")
            }
            Fault::Unavailable => Self::new(503, "overloaded, retry or report", "server_error", ""),
            Fault::Loading => Self::new(503, "Loading model", "unavailable_error", ""),
            Fault::Internal => Self::internal(),
            Fault::Unauthorized => Self::no_key(),
            Fault::Forbidden => Self::new(403, "Forbidden", "permission_error", ""),
            Fault::NotFound => Self::no_model(shape, model),
            Fault::TooLong => Self::too_long(shape, 9000, 4096),
            Fault::NoSchema if format == Some("json_schema") => Self::no_format("json_schema"),
            Fault::NoJson if format.is_some() => Self::no_format("any"),
            Fault::NoEffort if has("reasoning_effort") => Self::no_thinking(model),
            Fault::NewLimit if has("max_tokens") => Self::new_limit(),
            Fault::NoUsage if has("stream_options") => {
                Self::invalid("Unrecognized request argument supplied: stream_options", "", "")
            }
            _ => return None,
        })
    }

    pub(super) fn internal() -> Self {
        Self::new(500, "an internal error, retry or report", "server_error", "")
    }

    fn no_format(kind: &str) -> Self {
        let words = format!("'response_format' of type '{kind}' is not supported with this model.");
        Self::invalid(&words, "", "response_format")
    }

    pub(super) fn no_thinking(model: &str) -> Self {
        Self::invalid(&format!("\"{model}\" does not support thinking"), "", "")
    }

    pub(super) fn new_limit() -> Self {
        let words = "Unsupported parameter: 'max_tokens' is not supported with this model. Use \
                     'max_completion_tokens' instead.";
        Self::invalid(words, "unsupported_parameter", "max_tokens")
    }

    /// The error object, as this server has it.
    pub(super) fn error(&self, shape: Shape) -> Value {
        let word = |it: &str| if it.is_empty() { Value::Null } else { json!(it) };
        let (message, kind) = (&self.message, self.kind);
        match shape {
            Shape::LlamaCpp => json!({"code": self.status, "message": message, "type": kind}),
            Shape::Vllm => {
                json!({"message": message, "type": kind, "param": word(self.param), "code": self.status})
            }
            Shape::Openrouter => {
                json!({"code": self.status, "message": message, "metadata": {"error_type": kind}})
            }
            Shape::Openai | Shape::Ollama => json!({
                "message": message, "type": kind, "param": word(self.param), "code": word(self.code),
            }),
        }
    }

    pub(super) fn reply(&self, shape: Shape) -> Reply {
        let status = StatusCode::from_u16(self.status).expect("those above are");
        let body = match (shape, self.status) {
            (Shape::Vllm, 401) => json!({"error": "Unauthorized"}),
            (Shape::Vllm, 404) if self.param.is_empty() => json!({"detail": self.message}),
            _ => json!({"error": self.error(shape)}),
        };
        let mut reply = http::json(status, &body);
        if let Some(seconds) = self.retry_after {
            reply.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        reply
    }
}
