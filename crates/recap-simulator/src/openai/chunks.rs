//! A chat completion, whole or in chunks.

use serde_json::{Value, json};

use super::Shape;

/// What every chunk of one answer has in common.
pub(super) struct Envelope<'a> {
    pub(super) shape: Shape,
    /// As it was asked for.
    pub(super) model: &'a str,
    pub(super) prompt_tokens: u64,
}

/// What an answer says.
#[derive(Clone, Debug, Default)]
pub(super) struct Message {
    pub(super) text: String,
    pub(super) thoughts: String,
    pub(super) refusal: Option<&'static str>,
}

impl Envelope<'_> {
    /// A piece of a message; `null` in place of the first text of llama.cpp.
    pub(super) fn first(&self) -> Value {
        let content = if self.shape == Shape::LlamaCpp { Value::Null } else { json!("") };
        self.chunk(&json!({"role": "assistant", "content": content}), None)
    }

    pub(super) fn text(&self, text: &str) -> Value {
        self.chunk(&json!({"content": text}), None)
    }

    pub(super) fn thoughts(&self, text: &str) -> Value {
        let mut delta = json!({"content": ""});
        delta[self.shape.thoughts()] = json!(text);
        self.chunk(&delta, None)
    }

    pub(super) fn refusal(&self, text: &str) -> Value {
        self.chunk(&json!({"refusal": text}), None)
    }

    pub(super) fn finish(&self, reason: &str) -> Value {
        let mut chunk = self.chunk(&json!({}), Some(reason));
        if self.shape == Shape::LlamaCpp {
            chunk["timings"] = json!({"prompt_n": self.prompt_tokens});
        }
        chunk
    }

    pub(super) fn usage(&self, output_tokens: u64) -> Value {
        let mut chunk = self.wrapped("chat.completion.chunk", &[]);
        chunk["usage"] = self.counted(output_tokens);
        chunk
    }

    pub(super) fn whole(&self, message: &Message, reason: &str, output_tokens: u64) -> Value {
        let mut said =
            json!({"role": "assistant", "content": message.text, "refusal": message.refusal});
        if !message.thoughts.is_empty() {
            said[self.shape.thoughts()] = json!(message.thoughts);
        }
        let choice =
            json!({"index": 0, "message": said, "finish_reason": reason, "logprobs": null});
        let mut whole = self.wrapped("chat.completion", &[choice]);
        whole["usage"] = self.counted(output_tokens);
        whole
    }

    fn chunk(&self, delta: &Value, reason: Option<&str>) -> Value {
        let choice = json!({"index": 0, "delta": delta, "finish_reason": reason, "logprobs": null});
        let mut chunk = self.wrapped("chat.completion.chunk", &[choice]);
        if self.shape == Shape::Openai {
            chunk["usage"] = Value::Null;
            chunk["obfuscation"] = json!("x1y2");
        }
        chunk
    }

    fn wrapped(&self, object: &str, choices: &[Value]) -> Value {
        let mut it = json!({
            "id": "chatcmpl-7", "object": object, "created": 1, "model": self.model, "choices": choices,
        });
        match self.shape {
            Shape::Ollama => it["system_fingerprint"] = json!("fp_ollama"),
            Shape::LlamaCpp => it["model"] = json!("/models/some.gguf"),
            Shape::Openrouter => it["provider"] = json!("Simulator"),
            Shape::Openai | Shape::Vllm => {}
        }
        it
    }

    fn counted(&self, output_tokens: u64) -> Value {
        let (prompt, all) = (self.prompt_tokens, self.prompt_tokens + output_tokens);
        let mut usage = json!({"prompt_tokens": prompt, "completion_tokens": output_tokens, "total_tokens": all});
        if self.shape == Shape::Openrouter {
            usage["cost"] = json!(0.000_1);
        }
        usage
    }
}
