//! How a video is cut and summarised.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::check::between;
use crate::error::Problem;

/// How a video is cut and summarised: `[summarize]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SummarizeConfig {
    /// Who summarises.
    pub provider: Provider,
    /// Longest segment, in seconds.
    pub segment_seconds: u64,
    /// Largest chunk of a segment, in tokens.
    pub chunk_tokens: usize,
    /// Whether the last attempt at a job takes the extractive summariser when
    /// the provider does not answer; the job is then marked as degraded.
    pub extractive_fallback: bool,
}

/// Who summarises.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, strum::Display,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Provider {
    /// Gemini when there is a key, else extractive.
    #[default]
    Auto,
    /// Gemini; needs `gemini.api_key`.
    Gemini,
    /// A server that speaks the OpenAI API; needs `openai.models`.
    Openai,
    /// The most telling sentences of the transcript: no key, no network.
    Extractive,
}

impl Default for SummarizeConfig {
    fn default() -> Self {
        Self {
            provider: Provider::Auto,
            segment_seconds: 600,
            chunk_tokens: 1000,
            extractive_fallback: true,
        }
    }
}

impl SummarizeConfig {
    pub fn segment_length(&self) -> Duration {
        Duration::from_secs(self.segment_seconds)
    }

    pub(crate) fn check(&self, found: &mut Vec<Problem>) {
        between("summarize.segment_seconds", self.segment_seconds, 30, 600, found);
        between("summarize.chunk_tokens", self.chunk_tokens, 100, 1000, found);
    }
}
