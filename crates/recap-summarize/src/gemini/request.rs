//! The body of a call: `GenerateContentRequest` of the public REST reference.

use serde_json::{Value, json};

use crate::model::{Generation, Prompt};

/// Talks about medicine, war or crime are to be summarised, too; what Google
/// is sure about it may refuse.
const HARMS: [&str; 4] = [
    "HARM_CATEGORY_HARASSMENT",
    "HARM_CATEGORY_HATE_SPEECH",
    "HARM_CATEGORY_SEXUALLY_EXPLICIT",
    "HARM_CATEGORY_DANGEROUS_CONTENT",
];

/// Without `temperature`, `topP`, `topK` and `candidateCount`: newer models
/// ignore or refuse them.
pub(super) fn body(prompt: &Prompt, generation: Generation) -> Value {
    let safety: Vec<Value> =
        HARMS.iter().map(|it| json!({ "category": it, "threshold": "BLOCK_ONLY_HIGH" })).collect();
    json!({
        "systemInstruction": { "parts": [{ "text": prompt.system }] },
        "contents": [{
            "role": "user",
            "parts": [{ "text": prompt.data }, { "text": prompt.task }],
        }],
        "generationConfig": {
            "responseMimeType": "application/json",
            "responseJsonSchema": prompt.schema,
            "maxOutputTokens": generation.max_output_tokens,
            "thinkingConfig": { "thinkingLevel": thinking_level(generation) },
        },
        "safetySettings": safety,
    })
}

/// `MINIMAL` is refused by some models, and thoughts eat the answer's tokens: so
/// `LOW`, unless more was asked for.
fn thinking_level(generation: Generation) -> &'static str {
    if generation.advanced { "MEDIUM" } else { "LOW" }
}
