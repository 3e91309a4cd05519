//! What each server refuses, of what recap might send.

use serde_json::Value;

use super::Shape;
use super::problem::Problem;

/// What OpenAI knows of what recap and its SDK send.
const KNOWN: [&str; 12] = [
    "model",
    "messages",
    "stream",
    "stream_options",
    "max_tokens",
    "max_completion_tokens",
    "response_format",
    "reasoning_effort",
    "temperature",
    "top_p",
    "seed",
    "stop",
];

pub(super) fn check(shape: Shape, model: &str, request: &Value) -> Result<(), Problem> {
    let messages = request["messages"].as_array().filter(|it| !it.is_empty());
    let last = messages.and_then(|it| it.last());
    let last = last.ok_or_else(|| Problem::invalid("'messages' is required", "", "messages"))?;
    if shape == Shape::LlamaCpp && last["role"] == "assistant" {
        let words = "Assistant response prefill is incompatible with enable_thinking.";
        return Err(Problem::invalid(words, "", ""));
    }
    let streams = request["stream"] == true;
    if request.get("stream_options").is_some()
        && !streams
        && matches!(shape, Shape::Openai | Shape::Vllm)
    {
        let words = "Stream options can only be defined when `stream=True`.";
        return Err(Problem::invalid(words, "", "stream_options"));
    }
    format(shape, request)?;
    effort(shape, model, request)?;
    if shape == Shape::Openai { known(request) } else { Ok(()) }
}

/// OpenAI refuses what it does not know, and its models that reason the old limit.
fn known(request: &Value) -> Result<(), Problem> {
    let mut fields = request.as_object().into_iter().flatten().map(|(name, _)| name);
    if let Some(unknown) = fields.find(|it| !KNOWN.contains(&it.as_str())) {
        let words = format!("Unrecognized request argument supplied: {unknown}");
        return Err(Problem::invalid(&words, "", ""));
    }
    if request.get("max_tokens").is_some() { Err(Problem::new_limit()) } else { Ok(()) }
}

fn effort(shape: Shape, model: &str, request: &Value) -> Result<(), Problem> {
    let Some(effort) = request["reasoning_effort"].as_str() else { return Ok(()) };
    match shape {
        Shape::Openai if effort == "none" => {
            let words = "Unsupported value: 'none' is not supported with this model.";
            Err(Problem::invalid(words, "unsupported_value", "reasoning_effort"))
        }
        Shape::Ollama if !["none", "low", "medium", "high"].contains(&effort) => {
            Err(Problem::invalid("invalid reasoning value", "", ""))
        }
        Shape::Ollama if effort != "none" && !thinks(model) => Err(Problem::no_thinking(model)),
        _ => Ok(()),
    }
}

/// Whether the model thinks unless it is told not to.
pub(super) fn thinks(model: &str) -> bool {
    model.starts_with("thinker")
}

fn format(shape: Shape, request: &Value) -> Result<(), Problem> {
    let Some(format) = request.get("response_format") else { return Ok(()) };
    let invalid = |words: &str| Err(Problem::invalid(words, "", "response_format"));
    match (format["type"].as_str().unwrap_or_default(), shape) {
        ("json_schema", Shape::Vllm) if format.get("json_schema").is_none() => invalid(
            "When response_format type is 'json_schema', the 'json_schema' field must be provided.",
        ),
        ("json_schema", Shape::Openai) => {
            let schema = &format["json_schema"];
            if schema["name"].as_str().is_none_or(str::is_empty) {
                return invalid("Missing required parameter: 'response_format.json_schema.name'.");
            }
            let lax = schema["strict"] == true && !is_strict(&schema["schema"]);
            if lax { invalid("Invalid schema for response_format 'answer'") } else { Ok(()) }
        }
        ("json_object", Shape::Openai) if !request["messages"].to_string().contains("JSON") => {
            invalid("'messages' must contain the word 'json' in some form")
        }
        ("json_schema" | "json_object" | "text", _) | (_, Shape::Ollama) => Ok(()),
        _ => invalid("response_format type must be one of text, json_object, json_schema"),
    }
}

/// Objects are closed and need all they have; numbers have no bounds.
fn is_strict(schema: &Value) -> bool {
    let closed = schema["type"] != "object"
        || (schema["additionalProperties"] == false && needs_all(schema));
    let parts = match schema {
        Value::Object(fields) => fields.values().collect::<Vec<_>>(),
        Value::Array(items) => items.iter().collect(),
        _ => Vec::new(),
    };
    closed && schema.get("minimum").is_none() && parts.into_iter().all(is_strict)
}

fn needs_all(schema: &Value) -> bool {
    let needed = schema["required"].as_array();
    let mut names = schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name);
    names.all(|name| needed.is_some_and(|it| it.iter().any(|it| it == name)))
}
