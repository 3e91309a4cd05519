//! Captions by script.

use std::sync::Mutex;

use async_trait::async_trait;
use recap_core::VideoId;
use recap_core::ports::{CaptionRequest, Captions, MediaError, MediaSource};

use super::script::{Reply, Script};
use crate::samples;

/// Gives the scripted answers in order, then [`samples::captions`].
#[derive(Debug, Default)]
pub struct ScriptedMedia {
    script: Script<Captions, MediaError>,
    calls: Mutex<Vec<VideoId>>,
}

impl ScriptedMedia {
    pub fn new() -> Self {
        Self::default()
    }

    /// What the next call without an answer yet is told.
    pub fn then(&self, reply: Reply<Captions, MediaError>) -> &Self {
        self.script.push(reply);
        self
    }

    /// The videos asked for so far.
    pub fn calls(&self) -> Vec<VideoId> {
        self.calls.lock().expect("not poisoned").clone()
    }
}

#[async_trait]
impl MediaSource for ScriptedMedia {
    async fn captions(&self, request: &CaptionRequest) -> Result<Captions, MediaError> {
        self.calls.lock().expect("not poisoned").push(request.video);
        self.script.play(|| samples::captions(request.video)).await
    }
}
