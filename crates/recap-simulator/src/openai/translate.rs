//! A request as the simulated Gemini would get it, which then has the answer.

use serde_json::{Value, json};

use super::Shape;

/// What is asked, and how long the answer may be.
pub(super) fn translated(shape: Shape, request: &Value) -> Value {
    let messages = request["messages"].as_array().into_iter().flatten();
    let (system, said): (Vec<&Value>, Vec<&Value>) =
        messages.partition(|it| matches!(it["role"].as_str(), Some("system" | "developer")));
    let part = |it: &&Value| json!({"text": text(it)});
    let mut config = json!({});
    if let Some(most) = limit(shape, request) {
        config["maxOutputTokens"] = json!(most);
    }
    if let Some(schema) = schema(request, &said.last().map(|it| text(it)).unwrap_or_default()) {
        config["responseJsonSchema"] = schema;
    } else if request["response_format"]["type"] == "json_object" {
        config["responseMimeType"] = json!("application/json");
    }
    json!({
        "systemInstruction": {"parts": system.iter().map(part).collect::<Vec<_>>()},
        "contents": [{"role": "user", "parts": said.iter().map(part).collect::<Vec<_>>()}],
        "generationConfig": config,
    })
}

fn limit(shape: Shape, request: &Value) -> Option<u64> {
    let new = request["max_completion_tokens"].as_u64();
    // Ollama does not know it, and so has no limit.
    new.filter(|_| shape != Shape::Ollama).or(request["max_tokens"].as_u64())
}

/// A text, or the texts among its parts.
fn text(message: &Value) -> String {
    match &message["content"] {
        Value::String(text) => text.clone(),
        parts => {
            let parts = parts.as_array().into_iter().flatten();
            parts.filter_map(|it| it["text"].as_str()).collect()
        }
    }
}

/// As it was given, or as the prompt has it in words: the first object in it that
/// has properties.
fn schema(request: &Value, prompt: &str) -> Option<Value> {
    let format = &request["response_format"];
    let given = [format.pointer("/json_schema/schema"), format.get("schema")];
    given.into_iter().flatten().next().cloned().or_else(|| {
        let objects = prompt.match_indices("{\"").filter_map(|(at, _)| {
            let mut values = serde_json::Deserializer::from_str(&prompt[at..]).into_iter::<Value>();
            values.next()?.ok()
        });
        let mut schemas =
            objects.filter(|it| it["type"] == "object" && it["properties"].is_object());
        schemas.next()
    })
}
