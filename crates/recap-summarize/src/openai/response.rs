//! What a server answers: chunks of a chat completion, or a whole one, with every
//! field optional and every reason to finish open.

use recap_core::summary::Usage;
use recap_core::tokens;
use serde_json::Value;

use super::outcome::{Trouble, in_stream};
use super::thoughts::{self, Watch};
use crate::calls::Failure;
use crate::model::Verdict;

/// The documents of one answer, put together.
#[derive(Debug, Default)]
pub(super) struct Collected {
    text: String,
    watch: Watch,
    /// What the model thought, where the server keeps that apart.
    thoughts: String,
    finish: Option<String>,
    is_refused: bool,
    is_done: bool,
    /// As the server has told it.
    usage: Option<Usage>,
}

impl Collected {
    /// Adds a document. Returns the text that it adds, without thoughts.
    ///
    /// # Errors
    ///
    /// What the document itself says went wrong, or that it is none.
    pub(super) fn add(&mut self, document: &str) -> Result<&str, Trouble> {
        if document.trim_start().starts_with("[DONE]") {
            self.is_done = true;
            return Ok("");
        }
        let document: Value = serde_json::from_str(document)
            .map_err(|_| Trouble::passing("an answer that is not JSON"))?;
        if let Some(usage) = document.get("usage").filter(|it| it.is_object()) {
            // The last one is of the whole answer.
            self.usage = Some(told(usage));
        }
        let choice = &document["choices"][0];
        for error in [&document["error"], &choice["error"]] {
            if !error.is_null() {
                return Err(in_stream(error));
            }
        }
        let message = choice.get("delta").or_else(|| choice.get("message"));
        self.add_message(message.unwrap_or(&Value::Null));
        let finish = choice["finish_reason"].as_str().filter(|it| !it.is_empty());
        self.finish = finish.map(str::to_owned).or(self.finish.take());
        Ok(self.watch.told(&self.text))
    }

    fn add_message(&mut self, message: &Value) {
        let field = |name: &str| message[name].as_str().unwrap_or_default();
        self.text.push_str(field("content"));
        let thought = Some(field("reasoning")).filter(|it| !it.is_empty());
        self.thoughts.push_str(thought.unwrap_or_else(|| field("reasoning_content")));
        self.is_refused |= !field("refusal").is_empty();
    }

    /// Tokens of the answer so far; thoughts are among those of the answer. Estimated
    /// where the server tells none, of a prompt of `prompt_tokens` by estimate.
    pub(super) fn usage(&self, prompt_tokens: usize) -> Usage {
        let read = if self.text.is_empty() && self.thoughts.is_empty() { 0 } else { prompt_tokens };
        let written = tokens::estimate(&self.text) + tokens::estimate(&self.thoughts);
        let estimated =
            || Usage { input_tokens: read as u64, output_tokens: written as u64, calls: 0 };
        self.usage.unwrap_or_else(estimated)
    }

    /// `prompt_tokens` is the estimate of what was sent, `context_tokens` what the
    /// model should take.
    ///
    /// # Errors
    ///
    /// The stream ended before the generation did, or there is no text.
    pub(super) fn verdict(
        self,
        prompt_tokens: usize,
        context_tokens: u32,
    ) -> Result<Verdict, Trouble> {
        // The end of the stream alone is no end of an answer: vLLM sends it after errors.
        let lax = (self.is_done && !self.text.trim().is_empty()).then_some("stop");
        let Some(finish) = self.finish.as_deref().or(lax) else {
            return Err(Trouble::passing("a stream that ended before its answer did"));
        };
        if is_halved(self.usage.unwrap_or_default().input_tokens, prompt_tokens, context_tokens) {
            return Err(Trouble::TooLong);
        }
        let said = thoughts::without(&self.text).trim();
        match finish {
            "content_filter" => return Err(Trouble::Blocked),
            _ if self.is_refused && said.is_empty() => return Err(Trouble::Blocked),
            "error" => return Err(Failure::passing("an answer that ended with an error").into()),
            "length" => return Ok(Verdict::Cut),
            "tool_calls" | "function_call" => return Ok(Verdict::Unusable),
            _ => {}
        }
        // A grammar can hold a model in its thoughts: then the answer is there.
        match (object(said), object(&self.thoughts)) {
            (Some(answer), _) => Ok(Verdict::Complete(answer.to_owned())),
            (None, Some(answer)) if said.is_empty() => Ok(Verdict::Complete(answer.to_owned())),
            (None, _) if said.is_empty() => Err(Trouble::Blank),
            (None, _) => Ok(Verdict::Unusable),
        }
    }
}

fn told(usage: &Value) -> Usage {
    let tokens = |name: &str| usage[name].as_u64().unwrap_or(0);
    Usage {
        input_tokens: tokens("prompt_tokens"),
        output_tokens: tokens("completion_tokens"),
        calls: 0,
    }
}

/// The first whole JSON object in a text, without the fence or the words around it.
fn object(text: &str) -> Option<&str> {
    let text = &text[text.find('{')?..];
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    values.next()?.ok()?;
    Some(&text[..values.byte_offset()])
}

/// Whether Ollama has left out the beginning of a prompt, about which it says
/// nothing: of a window of `n` tokens that is too small, it fills `n / 2` and two or
/// three more (`num_keep`). Windows are powers of two, or as they are set.
fn is_halved(told: u64, expected: usize, context_tokens: u32) -> bool {
    let is_less = told.saturating_mul(5) < (expected as u64).saturating_mul(4);
    let fills_half = |kept: u64| {
        let half = told.saturating_sub(kept);
        half == u64::from(context_tokens) / 2 || (half >= 512 && half.is_power_of_two())
    };
    is_less && (fills_half(2) || fills_half(3))
}

#[cfg(test)]
mod tests {
    use super::{Collected, Trouble, object};
    use crate::model::Verdict;

    fn verdict(documents: &[&str]) -> Result<Verdict, Trouble> {
        let mut collected = Collected::default();
        for document in documents {
            collected.add(document)?;
        }
        collected.verdict(3000, 4096)
    }

    #[track_caller]
    fn check(documents: &[&str], expected: &str) {
        let actual = format!("{:?}", verdict(documents));
        assert!(actual.contains(expected), "{documents:?}: {actual}");
    }

    const TEXT: &str = r#"{"choices":[{"delta":{"content":"{\"a\":1}"}}]}"#;
    const STOP: &str = r#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#;

    #[test]
    fn pieces_become_one_verdict() {
        let first =
            r#"{"choices":[{"delta":{"role":"assistant","content":null},"finish_reason":null}]}"#;
        let usage = r#"{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":4}}"#;
        let whole = r#"Complete("{\"a\":1}")"#;
        check(&[first, TEXT, STOP, usage, "[DONE]"], whole);
        check(&[TEXT, "[DONE]"], whole);
        check(
            &[
                r#"{"choices":[{"message":{"content":"Here: ```json\n{\"a\":1}\n```"},"finish_reason":"stop"}]}"#,
            ],
            whole,
        );
        check(&[r#"{"choices":[{"delta":{"content":"<think>{}</think>"}}]}"#, TEXT, STOP], whole);
        check(&[TEXT, r#"{"choices":[{"finish_reason":"abort"}]}"#], whole);
        check(&[TEXT, r#"{"choices":[{"finish_reason":"length"}]}"#], "Ok(Cut)");
        check(&[TEXT, r#"{"choices":[{"finish_reason":"tool_calls"}]}"#], "Ok(Unusable)");
        check(
            &[r#"{"choices":[{"delta":{"content":"No."},"finish_reason":"stop"}]}"#],
            "Ok(Unusable)",
        );
    }

    #[test]
    fn an_answer_among_the_thoughts_is_found_and_no_answer_is_noticed() {
        for field in ["reasoning", "reasoning_content"] {
            let thought = format!(r#"{{"choices":[{{"delta":{{"{field}":"{{\"a\":1}}"}}}}]}}"#);
            check(&[&thought, STOP], r#"Complete("{\"a\":1}")"#);
        }
        check(&[r#"{"choices":[{"delta":{"reasoning":"Hm."}}]}"#, STOP], "Blank");
        check(&[STOP], "Blank");
    }

    #[test]
    fn refusals_and_errors_are_told_apart() {
        check(&[r#"{"choices":[{"delta":{"refusal":"I cannot"}}]}"#, STOP], "Blocked");
        check(&[TEXT, r#"{"choices":[{"finish_reason":"content_filter"}]}"#], "Blocked");
        check(
            &[
                TEXT,
                r#"{"error":{"code":502,"message":"x"},"choices":[{"delta":{"content":""},"finish_reason":"error"}]}"#,
            ],
            "Passing",
        );
        check(
            &[r#"{"choices":[{"error":{"code":400,"message":"maximum context length"}}]}"#],
            "TooLong",
        );
        check(&[TEXT, r#"{"error":"runner crashed"}"#], "Passing");
        check(&[TEXT], "Passing");
        check(&["[DONE]"], "Passing");
        check(&["<html>"], "Passing");
    }

    #[test]
    fn a_prompt_that_was_halved_in_silence_is_noticed() {
        let usage =
            |tokens: u32| format!(r#"{{"choices":[],"usage":{{"prompt_tokens":{tokens}}}}}"#);
        for (tokens, expected) in [
            (2050, "TooLong"),
            (2051, "TooLong"),
            (1026, "TooLong"),
            (2049, "Complete"),
            (2900, "Complete"),
        ] {
            check(&[TEXT, STOP, &usage(tokens)], expected);
        }
    }

    #[test]
    fn an_object_is_found_in_its_wrappings() {
        assert_eq!(object(r#"So: {"a": "}"} and {}"#), Some(r#"{"a": "}"}"#));
        assert_eq!((object("none"), object("{\"a\": ")), (None, None));
    }
}
