//! Whether what carries the queue answers: said once when that changes, and
//! not once a second.

use std::fmt::Display;
use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;
use tracing::{debug, info, warn};

/// How long a queue that gave an error is left alone.
const PAUSE: Duration = Duration::from_secs(1);

/// When the last error was, if nothing succeeded since.
#[derive(Default)]
pub(crate) struct Trouble(Mutex<Option<Instant>>);

impl Trouble {
    pub(crate) fn begin(&self, error: &dyn Display, doing: &str) {
        let before = self.last().replace(Instant::now());
        if before.is_none() {
            warn!(%error, doing, "the queue does not answer; workers wait for it");
        } else {
            debug!(%error, doing, "the queue still does not answer");
        }
    }

    pub(crate) fn end(&self) {
        if self.last().take().is_some() {
            info!("the queue answers again");
        }
    }

    pub(crate) fn is_there(&self) -> bool {
        self.last().is_some()
    }

    /// Whether an error is so recent that trying again would be a nuisance.
    pub(crate) fn is_fresh(&self) -> bool {
        self.last().is_some_and(|it| it.elapsed() < PAUSE)
    }

    fn last(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.0.lock().expect("never held over a panic")
    }
}
