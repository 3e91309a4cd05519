//! Gemini's Files API: a recording is uploaded in one piece, waited for, named in a
//! prompt, and deleted with the last who names it. What is not deleted, because
//! the process ended, goes by itself after 48 hours (Google's page on files).

use std::sync::Arc;
use std::time::Duration;

use recap_core::ports::{Recording, SummarizerError};
use reqwest::header::{HeaderMap, HeaderValue};
use serde::Deserialize;
use serde_json::json;
use tokio::time::Instant;
use tracing::{debug, warn};

use super::outcome::from_body;
use crate::calls::{Failure, error_body, transport};
use crate::model::Film;

/// Between two looks at a file that is being processed.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Longest wait for an answer about a file.
const PATIENCE: Duration = Duration::from_secs(30);

/// Uploads, and forgets.
#[derive(Debug)]
pub(super) struct Files {
    pub(super) http: reqwest::Client,
    pub(super) base_url: String,
    pub(super) key: HeaderValue,
}

/// The file as the API describes it.
#[derive(Debug, Deserialize)]
struct File {
    /// As in `files/abc`.
    name: String,
    uri: String,
    state: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Uploaded {
    file: File,
}

/// Deletes the file when it is dropped.
struct Kept {
    http: reqwest::Client,
    url: String,
    key: HeaderValue,
}

impl Files {
    /// The recording as a part of a prompt, once the API can read it.
    pub(super) async fn hand_over(
        &self,
        recording: &Recording,
        deadline: Instant,
    ) -> Result<Film, SummarizerError> {
        let file = self.upload(recording).await.map_err(meant)?;
        let url = format!("{}/{}", self.base_url, file.name);
        let kept = Kept { http: self.http.clone(), url: url.clone(), key: self.key.clone() };
        let kept = Arc::new(kept);
        let mut state = file.state;
        while state.as_deref() == Some("PROCESSING") {
            if Instant::now() + LOOK_EVERY >= deadline {
                return Err(SummarizerError::Transient("a file is not processed in time".into()));
            }
            tokio::time::sleep(LOOK_EVERY).await;
            state = self.look(&url).await.map_err(meant)?.state;
        }
        if state.as_deref() == Some("FAILED") {
            return Err(SummarizerError::Unreadable);
        }
        Ok(Film::File { uri: file.uri, media_type: recording.media_type, _kept: kept })
    }

    async fn upload(&self, recording: &Recording) -> Result<File, Failure> {
        let (length, media_type) = (recording.bytes.len(), recording.media_type);
        let start = self
            .http
            .post(self.upload_url())
            .header("x-goog-api-key", self.key.clone())
            .header("x-goog-upload-protocol", "resumable")
            .header("x-goog-upload-command", "start")
            .header("x-goog-upload-header-content-length", length)
            .header("x-goog-upload-header-content-type", media_type)
            .json(&json!({ "file": { "display_name": "recording" } }));
        let started = accepted(start.send().await.map_err(transport)?).await?;
        let place = place(started.headers())?;
        let bytes = self
            .http
            .post(place)
            .header("x-goog-upload-offset", 0)
            .header("x-goog-upload-command", "upload, finalize")
            .body(recording.bytes.clone());
        let done = accepted(bytes.send().await.map_err(transport)?).await?;
        Ok(done.json::<Uploaded>().await.map_err(transport)?.file)
    }

    /// Uploads go to the root of the host: `/upload` comes before the version.
    fn upload_url(&self) -> String {
        match self.base_url.rfind('/') {
            Some(at) => format!("{}/upload{}/files", &self.base_url[..at], &self.base_url[at..]),
            None => format!("{}/upload/files", self.base_url),
        }
    }

    async fn look(&self, url: &str) -> Result<File, Failure> {
        let request = self.http.get(url).header("x-goog-api-key", self.key.clone());
        let response = accepted(request.send().await.map_err(transport)?).await?;
        response.json().await.map_err(transport)
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let request = self.http.delete(&self.url).header("x-goog-api-key", self.key.clone());
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        // One request, which ends by itself.
        runtime.spawn(async move {
            match request.timeout(PATIENCE).send().await {
                Ok(response) if response.status().is_success() => debug!("a file is deleted"),
                Ok(response) => warn!(status = %response.status(), "a file is not deleted"),
                Err(error) => warn!(error = %error.without_url(), "a file is not deleted"),
            }
        });
    }
}

/// Where the bytes are to go.
fn place(headers: &HeaderMap) -> Result<String, Failure> {
    let place = headers.get("x-goog-upload-url").and_then(|it| it.to_str().ok());
    place.map(str::to_owned).ok_or_else(|| Failure::passing("an upload without an address"))
}

async fn accepted(response: reqwest::Response) -> Result<reqwest::Response, Failure> {
    let status = response.status().as_u16();
    if status == 200 {
        return Ok(response);
    }
    Err(from_body(status, &error_body(response).await))
}

/// There is no other model to try.
fn meant(failure: Failure) -> SummarizerError {
    match failure {
        Failure::Rate { retry_after } => SummarizerError::RateLimited { retry_after },
        Failure::Refused(problem) | Failure::NoRight(problem) => {
            SummarizerError::Unauthorized { problem }
        }
        Failure::BadRequest | Failure::Retired => SummarizerError::Unreadable,
        Failure::Passing(source) => SummarizerError::Transient(source),
        Failure::DaySpent => SummarizerError::Transient("the Files API takes no file now".into()),
    }
}
