//! The body of a call: `GenerateContentRequest` of the public REST reference.

use serde_json::{Value, json};

use crate::model::{Film, Generation, Prompt};

/// Talks about medicine, war or crime are to be summarised, too; what Google
/// is sure about it may refuse.
const HARMS: [&str; 4] = [
    "HARM_CATEGORY_HARASSMENT",
    "HARM_CATEGORY_HATE_SPEECH",
    "HARM_CATEGORY_SEXUALLY_EXPLICIT",
    "HARM_CATEGORY_DANGEROUS_CONTENT",
];

/// Of a clip: people who talk move little, and half as many are half as dear.
const FRAMES_A_SECOND: f64 = 0.5;

/// Without `temperature`, `topP`, `topK` and `candidateCount`: newer models
/// ignore or refuse them.
pub(super) fn body(prompt: &Prompt, generation: Generation) -> Value {
    let safety: Vec<Value> =
        HARMS.iter().map(|it| json!({ "category": it, "threshold": "BLOCK_ONLY_HIGH" })).collect();
    let film = prompt.film.iter().map(film);
    let texts = [json!({ "text": prompt.data }), json!({ "text": prompt.task })];
    let parts: Vec<Value> = film.chain(texts).collect();
    let mut body = json!({
        "systemInstruction": { "parts": [{ "text": prompt.system }] },
        "contents": [{
            "role": "user",
            "parts": parts,
        }],
        "generationConfig": {
            "responseMimeType": "application/json",
            "responseJsonSchema": prompt.schema,
            "maxOutputTokens": generation.max_output_tokens,
            "thinkingConfig": { "thinkingLevel": thinking_level(generation) },
        },
        "safetySettings": safety,
    });
    if matches!(prompt.film, Some(Film::Clip { .. })) {
        // A talk is as well understood at 70 tokens a frame as at 258.
        body["generationConfig"]["mediaResolution"] = json!("MEDIA_RESOLUTION_LOW");
    }
    body
}

/// The text comes after it, as Google's page on video says.
fn film(film: &Film) -> Value {
    match film {
        Film::Clip { url, start, end } => json!({
            "fileData": { "fileUri": url },
            "videoMetadata": {
                "startOffset": format!("{}s", start.as_secs()),
                "endOffset": format!("{}s", end.as_secs() + u64::from(end.subsec_nanos() > 0)),
                "fps": FRAMES_A_SECOND,
            },
        }),
        Film::File { uri, media_type, .. } => {
            json!({ "fileData": { "fileUri": uri, "mimeType": media_type } })
        }
    }
}

/// `MINIMAL` is refused by some models, and thoughts eat the answer's tokens: so
/// `LOW`, unless more was asked for.
fn thinking_level(generation: Generation) -> &'static str {
    if generation.advanced { "MEDIUM" } else { "LOW" }
}
