//! One call: POST, read the stream, say how it ended.

use recap_config::GeminiConfig;
use recap_core::ports::Deltas;
use recap_core::summary::Usage;
use recap_telemetry::metrics::InFlight;
use reqwest::header::HeaderValue;
use serde_json::Value;
use tokio::sync::Semaphore;

use super::outcome::{Failure, from_body};
use super::response::Collected;
use crate::ConnectError;
use crate::model::{Decoder, Prose, Verdict};

/// An error says what it is in its first kilobytes.
const LONGEST_ERROR: usize = 64 * 1024;

/// Speaks HTTP with Gemini.
#[derive(Debug)]
pub(super) struct Client {
    http: reqwest::Client,
    /// Waits longer for the first word: to watch takes time.
    patient: reqwest::Client,
    base_url: String,
    key: HeaderValue,
    max_response_bytes: usize,
    connections: Semaphore,
}

impl Client {
    pub(super) fn new(config: &GeminiConfig) -> Result<Self, ConnectError> {
        let (connect, read) = (config.connect_timeout(), config.read_timeout());
        let client = |read| {
            recap_telemetry::http::client(connect, read).map_err(|it| ConnectError::Http(it.into()))
        };
        Ok(Self {
            http: client(read)?,
            patient: client(config.watch_timeout())?,
            base_url: config.base_url.trim_end_matches('/').to_owned(),
            key: key_header(config)?,
            max_response_bytes: config.max_response_bytes,
            connections: Semaphore::new(config.connections),
        })
    }

    /// Asks `model`, and adds what it cost to `usage`, whatever comes of it. What
    /// it writes goes to `deltas` as it comes.
    pub(super) async fn call(
        &self,
        model: &str,
        body: &Value,
        usage: &mut Usage,
        deltas: Deltas<'_>,
        watching: bool,
    ) -> Result<Verdict, Failure> {
        let _permit = self.connections.acquire().await.expect("nobody closes the semaphore");
        let _in_flight = InFlight::to_gemini();
        usage.calls += 1;
        // The key goes into a header, because URLs end up in logs.
        let http = if watching { &self.patient } else { &self.http };
        let request = http
            .post(format!("{}/models/{model}:streamGenerateContent?alt=sse", self.base_url))
            .header("x-goog-api-key", self.key.clone())
            .json(body);
        let response = request.send().await.map_err(transport)?;
        let status = response.status().as_u16();
        if status != 200 {
            return Err(from_body(status, &error_body(response).await));
        }
        let mut collected = Collected::default();
        let mut prose = Prose::default();
        let written = |piece: &str| deltas.write(&prose.push(piece));
        let read = self.read(response, &mut collected, written).await;
        deltas.write(&prose.end());
        *usage += collected.usage();
        read?;
        collected.verdict()
    }

    async fn read(
        &self,
        mut response: reqwest::Response,
        collected: &mut Collected,
        mut written: impl FnMut(&str),
    ) -> Result<(), Failure> {
        let mut decoder = Decoder::new();
        let mut left = self.max_response_bytes;
        while let Some(bytes) = response.chunk().await.map_err(transport)? {
            left = left
                .checked_sub(bytes.len())
                .ok_or_else(|| Failure::passing("an answer over `gemini.max_response_bytes`"))?;
            for document in decoder.push(&bytes) {
                written(collected.add(&document)?);
            }
        }
        if let Some(document) = decoder.finish() {
            written(collected.add(&document)?);
        }
        Ok(())
    }
}

/// The key as a header, which nothing shows.
pub(super) fn key_header(config: &GeminiConfig) -> Result<HeaderValue, ConnectError> {
    let mut key = HeaderValue::from_str(config.api_key.expose().trim())
        .map_err(|_| ConnectError::InvalidKey)?;
    key.set_sensitive(true);
    Ok(key)
}

/// As much of the body as says what is wrong; the status alone must do if the
/// connection breaks.
pub(super) async fn error_body(mut response: reqwest::Response) -> String {
    let mut body = Vec::new();
    while let Ok(Some(bytes)) = response.chunk().await {
        let room = LONGEST_ERROR - body.len();
        body.extend_from_slice(&bytes[..bytes.len().min(room)]);
        if body.len() == LONGEST_ERROR {
            break;
        }
    }
    String::from_utf8_lossy(&body).into_owned()
}

/// The URL tells nothing that the model's name in the log does not.
pub(super) fn transport(error: reqwest::Error) -> Failure {
    Failure::passing(error.without_url())
}
