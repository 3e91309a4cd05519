//! How long answers are held back.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hyper::StatusCode;
use serde::Deserialize;
use serde_json::json;
use tokio::time::sleep;

use crate::http::{self, Reply};

/// A wait in milliseconds that can be changed at any time; none at first.
#[derive(Default)]
pub(crate) struct Delay(AtomicU64);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetDelay {
    milliseconds: u64,
}

impl Delay {
    pub(crate) fn set(&self, delay: Duration) {
        self.0.store(u64::try_from(delay.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// Answers `POST /__delay {"milliseconds": 250}`.
    pub(crate) fn control(&self, body: &[u8]) -> Reply {
        match serde_json::from_slice::<SetDelay>(body) {
            Ok(SetDelay { milliseconds }) => {
                self.set(Duration::from_millis(milliseconds));
                http::json(StatusCode::OK, &json!({"ok": true}))
            }
            Err(error) => http::json(
                StatusCode::BAD_REQUEST,
                &json!({"ok": false, "error": error.to_string()}),
            ),
        }
    }

    /// Waits; no longer than it was set to when the wait began.
    pub(crate) async fn pass(&self) {
        match self.0.load(Ordering::Relaxed) {
            // Even a wait of zero would last until the next tick of the timer.
            0 => {}
            milliseconds => sleep(Duration::from_millis(milliseconds)).await,
        }
    }
}
