//! `GenerateContentResponse`, whole or in pieces.

use serde_json::{Value, json};

use super::prompt::estimate;

/// An answer is streamed in about this many pieces, none shorter than the least.
const PIECES: usize = 6;
const LEAST: usize = 24;

/// What every piece of one answer has in common.
pub(super) struct Envelope<'a> {
    pub(super) model: &'a str,
    pub(super) prompt_tokens: u64,
}

impl Envelope<'_> {
    /// A text; the last piece has a reason to finish and the count of tokens.
    pub(super) fn piece(&self, text: &str, finish: Option<(&str, u64)>) -> Value {
        let content = json!({"parts": [{"text": text}], "role": "model"});
        let mut candidate = json!({"content": content, "index": 0});
        let Some((reason, output_tokens)) = finish else { return self.wrapped(&candidate, None) };
        candidate["finishReason"] = json!(reason);
        self.wrapped(&candidate, Some(self.usage(output_tokens, 0)))
    }

    /// A candidate that says nothing but why.
    pub(super) fn silence(&self, reason: &str, thought_tokens: u64) -> Value {
        let candidate = json!({"content": {"role": "model"}, "finishReason": reason, "index": 0});
        self.wrapped(&candidate, Some(self.usage(0, thought_tokens)))
    }

    /// Feedback on a prompt that was refused; there is no candidate then.
    pub(super) fn blocked(&self) -> Value {
        json!({
            "promptFeedback": {"blockReason": "SAFETY"},
            "usageMetadata": self.usage(0, 0),
            "modelVersion": self.model,
            "responseId": RESPONSE_ID,
        })
    }

    fn wrapped(&self, candidate: &Value, usage: Option<Value>) -> Value {
        let mut response = json!({"candidates": [candidate], "modelVersion": self.model, "responseId": RESPONSE_ID});
        if let Some(usage) = usage {
            response["usageMetadata"] = usage;
        }
        response
    }

    fn usage(&self, output: u64, thoughts: u64) -> Value {
        let mut usage = json!({
            "promptTokenCount": self.prompt_tokens,
            "totalTokenCount": self.prompt_tokens + output + thoughts,
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": self.prompt_tokens}],
        });
        if output > 0 {
            usage["candidatesTokenCount"] = json!(output);
        }
        if thoughts > 0 {
            usage["thoughtsTokenCount"] = json!(thoughts);
        }
        usage
    }
}

const RESPONSE_ID: &str = "simulated-response";

/// The pieces in which a text is streamed: at least one, and cut anywhere.
pub(crate) fn pieces(text: &str) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    let length = characters.len().div_ceil(PIECES).max(LEAST);
    let pieces: Vec<String> = characters.chunks(length).map(|it| it.iter().collect()).collect();
    if pieces.is_empty() { vec![String::new()] } else { pieces }
}

/// A whole answer as the list of responses that are streamed.
pub(super) fn streamed(envelope: &Envelope<'_>, text: &str, finish: &str) -> Vec<Value> {
    let pieces = pieces(text);
    let last = pieces.len() - 1;
    let tokens = estimate(text);
    let response = |(index, piece): (usize, &String)| {
        envelope.piece(piece, (index == last).then_some((finish, tokens)))
    };
    pieces.iter().enumerate().map(response).collect()
}

#[cfg(test)]
mod tests {
    use super::{Envelope, streamed};

    #[test]
    fn only_the_last_piece_has_a_reason_and_usage() {
        let envelope = Envelope { model: "m", prompt_tokens: 10 };
        let text = "ä".repeat(400);
        let responses = streamed(&envelope, &text, "STOP");
        assert_eq!(responses.len(), 6);
        let whole: String = responses
            .iter()
            .map(|it| it["candidates"][0]["content"]["parts"][0]["text"].as_str().unwrap())
            .collect();
        assert_eq!(whole, text);
        let reasons = responses.iter().map(|it| it["candidates"][0].get("finishReason").is_some());
        assert_eq!(reasons.filter(|it| *it).count(), 1);
        assert_eq!(responses[5]["usageMetadata"]["totalTokenCount"], 110);
        assert!(responses[0].get("usageMetadata").is_none());
    }
}
