//! What Gemini answers: `GenerateContentResponse` of the public REST reference,
//! whole or in pieces, with every field optional and every enum open.

use recap_core::summary::Usage;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::outcome::{ApiError, classify};
use crate::calls::Failure;
use crate::model::Verdict;

/// One document of the stream.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    candidates: Option<Vec<Candidate>>,
    prompt_feedback: Option<PromptFeedback>,
    usage_metadata: Option<UsageMetadata>,
    /// An error in mid-stream.
    error: Option<ApiError>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Candidate {
    content: Option<Content>,
    finish_reason: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Content {
    parts: Option<Vec<Part>>,
}

#[derive(Debug, Default, Deserialize)]
struct Part {
    text: Option<String>,
    thought: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PromptFeedback {
    block_reason: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
struct UsageMetadata {
    #[serde(rename = "promptTokenCount")]
    prompt: Option<u64>,
    #[serde(rename = "toolUsePromptTokenCount")]
    tool_use: Option<u64>,
    #[serde(rename = "candidatesTokenCount")]
    candidates: Option<u64>,
    #[serde(rename = "thoughtsTokenCount")]
    thoughts: Option<u64>,
}

/// The documents of one answer, put together.
#[derive(Debug, Default)]
pub(super) struct Collected {
    text: String,
    finish: Option<String>,
    blocked: bool,
    usage: UsageMetadata,
}

impl Collected {
    /// Adds a document, or each of an array of them. Returns the text that it adds.
    ///
    /// # Errors
    ///
    /// What the document itself says went wrong, or that it is none.
    pub(super) fn add(&mut self, document: &str) -> Result<&str, Failure> {
        let before = self.text.len();
        let documents: Vec<Document> =
            one_or_many(document).ok_or_else(|| Failure::passing("an answer that is not JSON"))?;
        documents.into_iter().try_for_each(|it| self.add_one(it))?;
        Ok(&self.text[before..])
    }

    fn add_one(&mut self, document: Document) -> Result<(), Failure> {
        // Only the last document has the usage of the whole answer.
        self.usage = document.usage_metadata.unwrap_or(self.usage);
        if let Some(error) = document.error {
            return Err(classify(error.code.unwrap_or(500), Some(&error)));
        }
        let feedback = document.prompt_feedback.unwrap_or_default().block_reason;
        self.blocked |= feedback.is_some_and(|it| it != "BLOCK_REASON_UNSPECIFIED");
        let Some(candidate) = document.candidates.into_iter().flatten().next() else {
            return Ok(());
        };
        self.finish = candidate.finish_reason.or(self.finish.take());
        let parts = candidate.content.unwrap_or_default().parts.into_iter().flatten();
        for part in parts.filter(|it| it.thought != Some(true)) {
            self.text.push_str(part.text.as_deref().unwrap_or_default());
        }
        Ok(())
    }

    /// Tokens of the answer so far; thoughts are paid like text.
    pub(super) fn usage(&self) -> Usage {
        let sum = |a: Option<u64>, b: Option<u64>| a.unwrap_or(0).saturating_add(b.unwrap_or(0));
        let it = self.usage;
        Usage {
            input_tokens: sum(it.prompt, it.tool_use),
            output_tokens: sum(it.candidates, it.thoughts),
            calls: 0,
        }
    }

    /// # Errors
    ///
    /// The stream ended before the generation did.
    pub(super) fn verdict(self) -> Result<Verdict, Failure> {
        if self.blocked {
            return Ok(Verdict::Blocked);
        }
        let Some(finish) = self.finish else {
            return Err(Failure::passing("a stream that ended before its answer did"));
        };
        Ok(match finish.as_str() {
            "STOP" => Verdict::Complete(self.text),
            "MAX_TOKENS" => Verdict::Cut,
            "RECITATION" => Verdict::Recitation,
            "SAFETY" | "PROHIBITED_CONTENT" | "BLOCKLIST" | "SPII" => Verdict::Blocked,
            _ => Verdict::Unusable,
        })
    }
}

/// A value, or an array of them: both come, for answers and for errors.
pub(super) fn one_or_many<T: DeserializeOwned>(json: &str) -> Option<Vec<T>> {
    let json = json.trim_start_matches(['\u{feff}', ' ', '\r', '\n', '\t']);
    if json.starts_with('[') {
        serde_json::from_str(json).ok()
    } else {
        serde_json::from_str(json).ok().map(|it| vec![it])
    }
}

#[cfg(test)]
mod tests {
    use super::{Collected, Failure, Verdict};

    #[track_caller]
    fn check(documents: &[&str], expected: &Verdict) {
        let mut collected = Collected::default();
        for document in documents {
            collected.add(document).unwrap();
        }
        assert_eq!(collected.verdict().unwrap(), *expected);
    }

    #[test]
    fn pieces_become_one_verdict() {
        let complete = |it: &str| Verdict::Complete(it.to_owned());
        check(
            &[
                r#"{"candidates":[{"content":{"parts":[{"text":"{\"a\""},{"thought":true,"text":"hm"}]}}]}"#,
                r#"{"candidates":[{"content":{"parts":[{"functionCall":{}},{"text":":1}"}]},"finishReason":"STOP"}]}"#,
            ],
            &complete("{\"a\":1}"),
        );
        check(
            &[
                r#"[{"candidates":[{"content":{"parts":[{"text":"x"}]}}]},{"candidates":[{"finishReason":"STOP"}]}]"#,
            ],
            &complete("x"),
        );
        check(&[r#"{"candidates":[{"finishReason":"MAX_TOKENS","content":{}}]}"#], &Verdict::Cut);
        check(&[r#"{"candidates":[{"finishReason":"RECITATION"}]}"#], &Verdict::Recitation);
        check(&[r#"{"candidates":[{"finishReason":"PROHIBITED_CONTENT"}]}"#], &Verdict::Blocked);
        check(&[r#"{"candidates":[{"finishReason":"BRAND_NEW"}]}"#], &Verdict::Unusable);
        check(
            &[r#"{"candidates":null,"promptFeedback":{"blockReason":"SAFETY"}}"#],
            &Verdict::Blocked,
        );
    }

    #[test]
    fn a_stream_without_its_end_is_a_failure_in_passing() {
        let mut collected = Collected::default();
        collected.add(r#"{"candidates":[{"content":{"parts":[{"text":"x"}]}}]}"#).unwrap();
        assert!(matches!(collected.verdict(), Err(Failure::Passing(_))));
        assert!(matches!(Collected::default().add("<html>"), Err(Failure::Passing(_))));
        assert!(matches!(
            Collected::default().add(r#"{"error":{"code":503,"status":"UNAVAILABLE"}}"#),
            Err(Failure::Passing(_))
        ));
    }

    #[test]
    fn the_last_usage_counts_with_its_thoughts() {
        let mut collected = Collected::default();
        collected.add(r#"{"usageMetadata":{"promptTokenCount":9}}"#).unwrap();
        collected
            .add(r#"{"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":4,"thoughtsTokenCount":3}}"#)
            .unwrap();
        collected.add(r#"{"candidates":[]}"#).unwrap();
        let usage = collected.usage();
        assert_eq!((usage.input_tokens, usage.output_tokens), (10, 7));
    }
}
