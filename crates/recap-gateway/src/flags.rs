//! Features that can be switched while the process runs.

use std::sync::{Mutex, MutexGuard, PoisonError};

use recap_config::FeaturesConfig;
use recap_core::load::{Load, Luxury};
use recap_core::ports;

/// The settings, and what the operator has changed of them since.
pub(crate) struct Flags {
    settings: FeaturesConfig,
    changed: Mutex<ports::Flags>,
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
        Self { settings: settings.clone(), changed: Mutex::default(), load }
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

    fn get(&self) -> MutexGuard<'_, ports::Flags> {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
