//! In whose manner the server answers.

use serde::{Deserialize, Serialize};

/// Whose manner; written in `snake_case` on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// OpenAI with a model that reasons: refuses what it does not know, and
    /// `max_tokens`.
    Openai,
    /// Ollama: no key, cuts what is too long, and says nothing of errors in a stream.
    Ollama,
    /// llama.cpp: one model, whatever it is called.
    LlamaCpp,
    Vllm,
    Openrouter,
}

impl Shape {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Openai, Self::Ollama, Self::LlamaCpp, Self::Vllm, Self::Openrouter];

    /// Where a message has its thoughts.
    pub(super) fn thoughts(self) -> &'static str {
        match self {
            Self::Ollama | Self::Openrouter | Self::Openai => "reasoning",
            Self::LlamaCpp | Self::Vllm => "reasoning_content",
        }
    }

    /// What stands in a stream for life's sake.
    pub(super) fn comment(self) -> Option<&'static str> {
        match self {
            Self::LlamaCpp => Some(":\n\n"),
            Self::Openrouter => Some(": OPENROUTER PROCESSING\n\n"),
            _ => None,
        }
    }
}
