//! One call: POST, read the stream, say how it ended.

use jiff::Timestamp;
use recap_config::GeminiConfig;
use recap_core::ports::Deltas;
use recap_core::summary::Usage;
use reqwest::header::HeaderValue;

use super::day::next_midnight;
use super::outcome::from_body;
use super::request::body;
use super::response::Collected;
use crate::ConnectError;
use crate::calls::{Client, Failure, Wire, error_body, transport};
use crate::model::{Generation, Prompt, Prose, Verdict};

/// Speaks HTTP with Gemini.
#[derive(Debug)]
pub(crate) struct Gemini {
    wire: Wire,
    base_url: String,
    key: HeaderValue,
}

impl Gemini {
    pub(super) fn new(config: &GeminiConfig) -> Result<Self, ConnectError> {
        let mut key = HeaderValue::from_str(config.api_key.expose().trim()).map_err(|_| {
            ConnectError::InvalidKey { key: "gemini.api_key", variable: "GEMINI_API_KEY" }
        })?;
        key.set_sensitive(true);
        let base_url = config.base_url.trim_end_matches('/').to_owned();
        Ok(Self { wire: Wire::new(&config.calls())?, base_url, key })
    }
}

impl Client for Gemini {
    const NAME: &'static str = "gemini";
    const NONE_EXISTS: &'static str = "none of the models in `gemini.models` exists (any more); name current ones, and check \
         `gemini.base_url`";

    fn version(&self, models: String) -> String {
        models
    }

    fn whole_again(&self, now: Timestamp) -> Timestamp {
        next_midnight(now)
    }

    async fn call(
        &self,
        model: &str,
        prompt: &Prompt,
        generation: Generation,
        usage: &mut Usage,
        deltas: Deltas<'_>,
    ) -> Result<Verdict, Failure> {
        let _under_way = self.wire.begin(Self::NAME).await;
        usage.calls += 1;
        let url = format!("{}/models/{model}:streamGenerateContent?alt=sse", self.base_url);
        // The key goes into a header, because URLs end up in logs.
        let request = self.wire.http.post(url).header("x-goog-api-key", self.key.clone());
        let response = request.json(&body(prompt, generation)).send().await.map_err(transport)?;
        let status = response.status().as_u16();
        if status != 200 {
            return Err(from_body(status, &error_body(response).await));
        }
        let (mut collected, mut prose) = (Collected::default(), Prose::default());
        let add = |document: &str| {
            deltas.write(&prose.push(collected.add(document)?));
            Ok(())
        };
        let read = self.wire.read(response, add).await;
        deltas.write(&prose.end());
        *usage += collected.usage();
        read?;
        collected.verdict()
    }
}
