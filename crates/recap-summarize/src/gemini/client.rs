//! One call: POST, read the stream, say how it ended.

use jiff::Timestamp;
use recap_config::{CallSettings, GeminiConfig};
use recap_core::ports::{Deltas, Recording, SummarizerError, Watches};
use recap_core::summary::Usage;
use reqwest::header::HeaderValue;
use tokio::time::Instant;

use super::day::next_midnight;
use super::files::Files;
use super::outcome::from_body;
use super::request::body;
use super::response::Collected;
use crate::ConnectError;
use crate::calls::{Client, Failure, Wire, error_body, transport};
use crate::model::{Film, Generation, Prompt, Prose, Verdict};

/// Speaks HTTP with Gemini.
#[derive(Debug)]
pub(crate) struct Gemini {
    wire: Wire,
    /// Waits longer for the first word: to watch takes time.
    patient: Wire,
    files: Files,
    watches: Watches,
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
        let wire = Wire::new(&config.calls())?;
        let patience = config.watch_timeout();
        let patient = Wire::new(&CallSettings { read_timeout: patience, ..config.calls() })?;
        let watches = Watches { video: config.watch_videos, sound: config.listen };
        let files = Files { http: wire.http.clone(), base_url: base_url.clone(), key: key.clone() };
        Ok(Self { wire, patient, files, watches, base_url, key })
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

    fn watches(&self) -> Watches {
        self.watches
    }

    async fn hand_over(
        &self,
        recording: &Recording,
        deadline: Instant,
    ) -> Result<Film, SummarizerError> {
        self.files.hand_over(recording, deadline).await
    }

    async fn call(
        &self,
        model: &str,
        prompt: &Prompt,
        generation: Generation,
        usage: &mut Usage,
        deltas: Deltas<'_>,
    ) -> Result<Verdict, Failure> {
        let wire = if prompt.film.is_some() { &self.patient } else { &self.wire };
        let _under_way = wire.begin(Self::NAME).await;
        usage.calls += 1;
        let url = format!("{}/models/{model}:streamGenerateContent?alt=sse", self.base_url);
        // The key goes into a header, because URLs end up in logs.
        let request = wire.http.post(url).header("x-goog-api-key", self.key.clone());
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
        let read = wire.read(response, add).await;
        deltas.write(&prose.end());
        *usage += collected.usage();
        read?;
        collected.verdict()
    }
}
