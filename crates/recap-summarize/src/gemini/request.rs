//! The body of a call: `GenerateContentRequest` of the public REST reference.

use serde_json::{Value, json};

/// Talks about medicine, war or crime are to be summarised, too; what Google
/// is sure about it may refuse.
const HARMS: [&str; 4] = [
    "HARM_CATEGORY_HARASSMENT",
    "HARM_CATEGORY_HATE_SPEECH",
    "HARM_CATEGORY_SEXUALLY_EXPLICIT",
    "HARM_CATEGORY_DANGEROUS_CONTENT",
];

/// What a call says to the model.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Prompt {
    /// The same in every call of its kind, so that the provider can cache it.
    pub(super) system: &'static str,
    /// Outside text, fenced.
    pub(super) data: String,
    /// What to do with it; after the data, because the last word counts most.
    pub(super) task: String,
    /// JSON Schema of the answer.
    pub(super) schema: Value,
}

/// How the model is to generate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Generation {
    /// Of an answer, thoughts included.
    pub(super) max_output_tokens: u32,
    /// Think longer.
    pub(super) advanced: bool,
}

impl Generation {
    /// `MINIMAL` is refused by some models, and thoughts eat the answer's tokens:
    /// so `LOW`, unless more was asked for.
    fn thinking_level(self) -> &'static str {
        if self.advanced { "MEDIUM" } else { "LOW" }
    }
}

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
            "thinkingConfig": { "thinkingLevel": generation.thinking_level() },
        },
        "safetySettings": safety,
    })
}
