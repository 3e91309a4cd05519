//! What servers say of errors: each in a form of its own, which has changed before.
//! So only words count that all versions have.

use serde_json::Value;

use super::habits::Objection;

/// A message says what it is in its beginning; its end may quote the prompt.
const LONGEST_MESSAGE: usize = 400;

/// What an error says, in small letters: message, type, code, parameter.
#[derive(Debug, Default)]
pub(super) struct Said(String);

impl Said {
    /// From the body of an answer: an error as an object or as a text, the
    /// `detail` of a framework, or no JSON at all.
    pub(super) fn of_body(body: &str) -> Self {
        match serde_json::from_str(body.trim_start_matches('\u{feff}').trim()) {
            Ok(Value::Array(items)) => items.first().map(Self::of_value).unwrap_or_default(),
            Ok(value) => Self::of_value(&value),
            Err(_) => Self(shortened(body)),
        }
    }

    fn of_value(value: &Value) -> Self {
        let error = ["error", "detail"].iter().find_map(|it| value.get(*it));
        Self::of_error(error.unwrap_or(value))
    }

    pub(super) fn of_error(error: &Value) -> Self {
        let fields = [
            "",
            "/message",
            "/type",
            "/code",
            "/param",
            "/metadata/error_type",
            "/metadata/limit_source",
        ];
        let words = fields.iter().filter_map(|it| error.pointer(it)).filter_map(|it| match it {
            Value::String(text) => Some(shortened(text)),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        });
        Self(words.collect::<Vec<_>>().join(" "))
    }

    pub(super) fn words(&self) -> &str {
        &self.0
    }

    pub(super) fn has(&self, any: &[&str]) -> bool {
        any.iter().any(|it| self.0.contains(it))
    }

    pub(super) fn is_too_long(&self) -> bool {
        self.has(&[
            "context_length",
            "context length",
            "context size",
            "exceed_context",
            "max_model_len",
            "token_limit_exceeded",
            "string_too_long",
            "request too large",
            "body too large",
            "prompt is too long",
        ])
    }

    /// Which part of the request it is about.
    pub(super) fn objection(&self) -> Option<Objection> {
        if self.has(&["stream_options", "include_usage"]) {
            Some(Objection::Usage)
        } else if self.has(&["reasoning", "thinking"]) {
            Some(Objection::Effort)
        } else if self.has(&["max_tokens", "max_completion_tokens"]) {
            (!self.has(&["too large"])).then_some(Objection::Limit)
        } else {
            let words = [
                "response_format",
                "schema",
                "json",
                "structured",
                "grammar",
                "requested parameters",
            ];
            self.has(&words).then_some(Objection::Json)
        }
    }

    pub(super) fn is_about_content(&self) -> bool {
        self.has(&[
            "content_policy",
            "content_filter",
            "content management",
            "moderation",
            "flagged",
        ])
    }

    pub(super) fn misses_model(&self) -> bool {
        let missing = ["not found", "not_found", "does not exist", "not loaded", "not a valid"];
        self.has(&["model"]) && self.has(&missing)
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(LONGEST_MESSAGE).collect::<String>().to_lowercase()
}
