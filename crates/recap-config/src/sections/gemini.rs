//! The Gemini API.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::calls::calls;
use crate::check::{seconds, url};
use crate::error::Problem;
use crate::secret::Secret;

/// The Gemini API: `[gemini]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GeminiConfig {
    /// The key. Without one, summaries are extractive. Also `GEMINI_API_KEY`.
    #[schema(value_type = String)]
    pub api_key: Secret,
    /// Where the API is.
    pub base_url: String,
    /// Models in order of preference: the next one is used when one is
    /// retired, out of quota for the day, or failing.
    pub models: Vec<String>,
    /// Longest answer of one call, in tokens, thinking included.
    pub max_output_tokens: u32,
    /// How often a call that failed in passing is repeated.
    pub retries: u32,
    /// Repetitions of one process may be at most so many percent of its calls: when
    /// all fail, repeating all would make it worse.
    pub retry_percent: u32,
    /// Repetitions beyond that, until calls have made up for them; 0 repeats nothing.
    pub retry_reserve: u32,
    /// Delay before the first repetition, in milliseconds; doubled each time.
    pub retry_base_ms: u64,
    /// Connections to it at once, per process.
    pub connections: usize,
    /// Calls a minute of one model, over all processes; 0 leaves the counting to
    /// the API. 12 is one every 5 s, and a burst of what was left over.
    pub requests_per_minute: u32,
    /// How long connecting may take, in seconds.
    pub connect_timeout_seconds: u64,
    /// How long the answer may stay silent, in seconds.
    pub read_timeout_seconds: u64,
    /// How long one call may take in all, in seconds.
    pub call_timeout_seconds: u64,
    /// Watch public videos whose captions cannot be had. Ten minutes cost about
    /// 60,000 tokens.
    pub watch_videos: bool,
    /// Listen to videos that can be neither read nor watched. Needs ffmpeg.
    pub listen: bool,
    /// How long watching one segment may take in all, in seconds.
    pub watch_timeout_seconds: u64,
    /// Price of a million tokens that are read, in US cents, for `recap plan`. That of
    /// the first of the default models in autumn 2026; 0 where it is free.
    pub price_input_cents: u32,
    /// The same of a million tokens that are written, thinking included.
    pub price_output_cents: u32,
    /// Largest answer that is read, in bytes.
    pub max_response_bytes: usize,
}

impl Default for GeminiConfig {
    fn default() -> Self {
        let models = ["gemini-3.5-flash-lite", "gemini-3.6-flash", "gemini-3.1-flash-lite"];
        Self {
            api_key: Secret::default(),
            base_url: "https://generativelanguage.googleapis.com/v1beta".to_owned(),
            models: models.map(str::to_owned).to_vec(),
            max_output_tokens: 1000,
            retries: 3,
            retry_percent: 20,
            retry_reserve: 10,
            retry_base_ms: 1000,
            connections: 3,
            requests_per_minute: 12,
            connect_timeout_seconds: 5,
            read_timeout_seconds: 30,
            call_timeout_seconds: 120,
            watch_videos: true,
            listen: true,
            watch_timeout_seconds: 300,
            price_input_cents: 30,
            price_output_cents: 250,
            max_response_bytes: 1 << 20,
        }
    }
}

calls!(GeminiConfig, "gemini");

impl GeminiConfig {
    pub fn watch_timeout(&self) -> Duration {
        Duration::from_secs(self.watch_timeout_seconds)
    }

    pub(crate) fn check(&self, found: &mut Vec<Problem>) {
        url("gemini.base_url", &self.base_url, found);
        if self.models.is_empty() || self.models.iter().any(String::is_empty) {
            found.push(Problem::invalid(
                "gemini.models",
                "name at least one model, and no empty one",
            ));
        }
        seconds("gemini.watch_timeout_seconds", self.watch_timeout_seconds, 1, found);
        self.check_calls(found);
    }
}
