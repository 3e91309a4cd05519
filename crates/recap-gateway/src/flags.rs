//! Features that can be switched while the process runs.

use std::convert::Infallible;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use recap_config::FeaturesConfig;
use recap_core::load::{Load, Luxury};
use recap_core::ports;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};
use tracing::debug;

use crate::context::Context;

/// How often the store is asked in any case: between processes an event may get
/// lost.
const EVERY: Duration = Duration::from_secs(10);

/// How long it may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// The settings, and what the operator has changed of them since.
pub(crate) struct Flags {
    settings: FeaturesConfig,
    changed: Mutex<ports::Flags>,
    stale: Notify,
    load: Load,
}

/// What is to be done about a feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Feature {
    Off,
    On,
    /// It is on, and left off while memory is short.
    LeftOff,
}

impl Flags {
    pub(crate) fn new(settings: &FeaturesConfig, load: Load) -> Self {
        let (changed, stale) = (Mutex::default(), Notify::new());
        Self { settings: settings.clone(), changed, stale, load }
    }

    /// A finished summary job carries its transcript.
    pub(crate) fn full_transcript(&self) -> Feature {
        let wanted = self.get().full_transcript.unwrap_or(self.settings.full_transcript);
        self.feature(wanted, Luxury::FullTranscripts)
    }

    /// A job's video names its picture.
    pub(crate) fn video_preview(&self) -> Feature {
        let wanted = self.get().video_preview.unwrap_or(self.settings.video_preview);
        self.feature(wanted, Luxury::VideoPreviews)
    }

    fn feature(&self, wanted: bool, luxury: Luxury) -> Feature {
        match wanted {
            false => Feature::Off,
            true if self.load.is_off(luxury) => Feature::LeftOff,
            true => Feature::On,
        }
    }

    /// `flags` over the settings.
    pub(crate) fn in_force(&self, flags: ports::Flags) -> FeaturesConfig {
        let settings = &self.settings;
        FeaturesConfig {
            full_transcript: flags.full_transcript.unwrap_or(settings.full_transcript),
            advanced_summarization: flags
                .advanced_summarization
                .unwrap_or(settings.advanced_summarization),
            video_preview: flags.video_preview.unwrap_or(settings.video_preview),
        }
    }

    /// As the store has them.
    pub(crate) fn set(&self, flags: ports::Flags) {
        *self.get() = flags;
    }

    /// The operator may have changed something.
    pub(crate) fn look_again(&self) {
        self.stale.notify_one();
    }

    fn get(&self) -> MutexGuard<'_, ports::Flags> {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps the flags as the store has them. Never returns. A store that is away
/// leaves them as they were.
pub(crate) async fn follow(cx: &Context) -> Infallible {
    loop {
        match timeout(PATIENCE, cx.store().control()).await {
            Ok(Ok(control)) => cx.flags.set(control.flags),
            Ok(Err(error)) => debug!(error = %error.0, "the flags stay as they are"),
            Err(elapsed) => debug!(error = %elapsed, "the flags stay as they are"),
        }
        tokio::select! {
            () = cx.flags.stale.notified() => {}
            () = sleep(EVERY) => {}
        }
    }
}
