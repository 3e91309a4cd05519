//! What the model would have written, had it thought about it.

use serde_json::{Value, json};

use super::prompt::{Prompt, estimate};
use super::schema;

/// An answer, cut to what the request allows.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) text: String,
    pub(crate) finish: &'static str,
}

impl Answer {
    pub(crate) fn new(request: &Value, prompt: &Prompt) -> Self {
        let config = &request["generationConfig"];
        let text = match schema_of(config) {
            Some(schema) => schema::fill(schema, prompt).to_string(),
            None if config["responseMimeType"] == "application/json" => {
                json!({"summary": plain(prompt)}).to_string()
            }
            None => plain(prompt),
        };
        match config["maxOutputTokens"].as_u64() {
            Some(most) if estimate(&text) > most => Self::cut(&text, most),
            _ => Self { text, finish: "STOP" },
        }
    }

    /// The first `tokens` of a text.
    pub(crate) fn cut(text: &str, tokens: u64) -> Self {
        let characters = usize::try_from(tokens.saturating_mul(4)).unwrap_or(usize::MAX);
        Self { text: text.chars().take(characters).collect(), finish: "MAX_TOKENS" }
    }
}

/// The schema, in any of the three places where clients of various ages put it.
fn schema_of(config: &Value) -> Option<&Value> {
    let places = [
        "/responseJsonSchema",
        "/_responseJsonSchema",
        "/responseSchema",
        "/responseFormat/text/schema",
    ];
    places.iter().filter_map(|it| config.pointer(it)).find(|it| it.is_object())
}

fn plain(prompt: &Prompt) -> String {
    let paragraphs = prompt.blocks.iter().map(|it| {
        let told: Vec<&str> = (0..3).map(|part| it.passage.sentence(part, 3)).collect();
        told.join(" ")
    });
    paragraphs.collect::<Vec<_>>().join("\n\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Answer;
    use crate::gemini::prompt::Prompt;

    #[test]
    fn an_answer_that_is_too_long_is_cut() {
        let request = json!({
            "contents": [{"parts": [{"text": "A sentence that is to be repeated, word by word, in the answer."}]}],
            "generationConfig": {"maxOutputTokens": 3},
        });
        let answer = Answer::new(&request, &Prompt::of(&request).unwrap());
        assert_eq!((answer.text.as_str(), answer.finish), ("A sentence t", "MAX_TOKENS"));
    }
}
