//! A server that speaks the chat completions of the `OpenAI` API.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::calls::calls;
use crate::check::{between, url};
use crate::error::Problem;
use crate::secret::Secret;

/// In tokens: the largest chunk of a transcript, and what is asked about it.
const LEAST_PROMPT: u32 = 2048;

/// A server that speaks the chat completions of the OpenAI API, such as Ollama,
/// llama.cpp, vLLM or OpenRouter; used if `summarize.provider` is `openai`: `[openai]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OpenaiConfig {
    /// The key, where the server wants one. Also `OPENAI_API_KEY`.
    #[schema(value_type = String)]
    pub api_key: Secret,
    /// Where the API is, with its version, as in `http://127.0.0.1:11434/v1`.
    pub base_url: String,
    /// Models in order of preference, as the server calls them: the next one is
    /// used when one does not exist, is out of quota, or failing. At least one is
    /// needed.
    pub models: Vec<String>,
    /// Tokens that a model takes, prompt and answer together, 3072 to 2 million. Longer
    /// texts are asked about in parts. No more than the server really has: Ollama cuts
    /// what is too long, and says nothing.
    pub context_tokens: u32,
    /// Longest answer of one call, in tokens, thinking included.
    pub max_output_tokens: u32,
    /// How the model is held to JSON.
    pub json: JsonMode,
    /// How long a model that can think is to think. Advanced summaries take `medium`
    /// where this is less.
    pub reasoning: Reasoning,
    /// How often a call that failed in passing is repeated.
    pub retries: u32,
    /// Repetitions of one process may be at most so many percent of its calls.
    pub retry_percent: u32,
    /// Repetitions beyond that, until calls have made up for them; 0 repeats nothing.
    pub retry_reserve: u32,
    /// Delay before the first repetition, in milliseconds; doubled each time.
    pub retry_base_ms: u64,
    /// Connections to it at once, per process.
    pub connections: usize,
    /// Calls a minute of one model, over all processes; 0 leaves the counting to
    /// the server.
    pub requests_per_minute: u32,
    /// How long connecting may take, in seconds.
    pub connect_timeout_seconds: u64,
    /// How long the answer may stay silent, in seconds: a local server loads its model
    /// and reads the prompt before it says anything.
    pub read_timeout_seconds: u64,
    /// How long one answer may take in all, in seconds.
    pub call_timeout_seconds: u64,
    /// Largest answer that is read, in bytes.
    pub max_response_bytes: usize,
}

/// How a model is held to JSON. All but `auto` ask in the same way always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JsonMode {
    /// By the schema, or what is left of that where the server refuses it.
    #[default]
    Auto,
    /// By the schema.
    Schema,
    /// By the syntax of JSON alone.
    Object,
    /// By the words of the prompt alone.
    None,
}

/// How long a model that can think is to think: `reasoning_effort`.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    ToSchema,
    strum::IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Reasoning {
    /// Not at all, or `low` where the server refuses that.
    #[default]
    None,
    Low,
    Medium,
    High,
}

impl Default for OpenaiConfig {
    fn default() -> Self {
        Self {
            api_key: Secret::default(),
            base_url: "https://api.openai.com/v1".to_owned(),
            models: Vec::new(),
            context_tokens: 4096,
            max_output_tokens: 1000,
            json: JsonMode::Auto,
            reasoning: Reasoning::None,
            retries: 3,
            retry_percent: 20,
            retry_reserve: 10,
            retry_base_ms: 1000,
            connections: 3,
            requests_per_minute: 0,
            connect_timeout_seconds: 5,
            read_timeout_seconds: 300,
            call_timeout_seconds: 600,
            max_response_bytes: 4 << 20,
        }
    }
}

calls!(OpenaiConfig, "openai");

impl OpenaiConfig {
    pub(crate) fn check(&self, found: &mut Vec<Problem>) {
        url("openai.base_url", &self.base_url, found);
        if self.base_url.contains('@') {
            let mend = "leave out user and password; a key belongs into openai.api_key";
            found.push(Problem::invalid("openai.base_url", mend));
        }
        if self.models.iter().any(|it| it.trim().is_empty()) {
            found.push(Problem::invalid("openai.models", "name no empty model"));
        }
        between("openai.context_tokens", self.context_tokens, 3072, 2_000_000, found);
        if self.max_output_tokens.saturating_add(LEAST_PROMPT) > self.context_tokens {
            let mend = "leave 2048 of openai.context_tokens to the prompt";
            found.push(Problem::invalid("openai.max_output_tokens", mend));
        }
        self.check_calls(found);
    }
}
