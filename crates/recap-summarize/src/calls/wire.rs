//! What every provider needs of HTTP: few connections, bounded answers, errors
//! without URLs.

use recap_config::CallSettings;
use recap_telemetry::metrics::InFlight;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::Failure;
use crate::ConnectError;
use crate::model::Decoder;

/// An error says what it is in its first kilobytes.
const LONGEST_ERROR: usize = 64 * 1024;

/// The way to a provider.
#[derive(Debug)]
pub(crate) struct Wire {
    pub(crate) http: reqwest::Client,
    max_response_bytes: usize,
    connections: Semaphore,
}

impl Wire {
    pub(crate) fn new(settings: &CallSettings) -> Result<Self, ConnectError> {
        let http = recap_telemetry::http::client(settings.connect_timeout, settings.read_timeout)
            .map_err(|it| ConnectError::Http(it.into()))?;
        Ok(Self {
            http,
            max_response_bytes: settings.max_response_bytes,
            connections: Semaphore::new(settings.connections),
        })
    }

    /// Waits for a connection; the call is under way until what it gives is dropped.
    pub(crate) async fn begin(&self, provider: &'static str) -> (SemaphorePermit<'_>, InFlight) {
        let permit = self.connections.acquire().await.expect("nobody closes the semaphore");
        (permit, InFlight::to_provider(provider))
    }

    /// Gives each document of the answer to `add`, as soon as it is whole.
    ///
    /// # Errors
    ///
    /// Those of `add`, and what ends the answer too soon.
    pub(crate) async fn read<E: From<Failure>>(
        &self,
        mut response: reqwest::Response,
        mut add: impl FnMut(&str) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut decoder = Decoder::new();
        let mut left = self.max_response_bytes;
        while let Some(bytes) = response.chunk().await.map_err(transport)? {
            left = left
                .checked_sub(bytes.len())
                .ok_or_else(|| Failure::passing("an answer over `max_response_bytes`"))?;
            for document in decoder.push(&bytes) {
                add(&document)?;
            }
        }
        decoder.finish().map_or(Ok(()), |it| add(&it))
    }
}

/// As much of the body as says what is wrong; the status alone must do if the
/// connection breaks.
pub(crate) async fn error_body(mut response: reqwest::Response) -> String {
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
pub(crate) fn transport(error: reqwest::Error) -> Failure {
    Failure::passing(error.without_url())
}
