//! Captions and playlists by script.

use std::sync::Mutex;

use async_trait::async_trait;
use recap_core::VideoId;
use recap_core::job::ChildUsage;
use recap_core::ports::{
    CaptionRequest, Captions, MediaError, MediaSource, PlaylistItem, PlaylistRequest, Recording,
    RecordingRequest,
};

use super::script::{Reply, Script};
use crate::samples;

/// Gives the scripted answers in order, then [`samples::captions`] and
/// [`samples::playlist`].
#[derive(Debug)]
pub struct ScriptedMedia {
    routes: Vec<String>,
    script: Script<Captions, MediaError>,
    playlists: Script<Vec<PlaylistItem>, MediaError>,
    recordings: Script<Recording, MediaError>,
    calls: Mutex<Vec<CaptionRequest>>,
    recording_calls: Mutex<Vec<RecordingRequest>>,
    playlist_calls: Mutex<Vec<PlaylistRequest>>,
}

impl Default for ScriptedMedia {
    fn default() -> Self {
        Self::with_routes(&["first"])
    }
}

impl ScriptedMedia {
    pub fn new() -> Self {
        Self::default()
    }

    /// With these ways to YouTube.
    pub fn with_routes(names: &[&str]) -> Self {
        Self {
            routes: names.iter().map(|&it| it.to_owned()).collect(),
            script: Script::default(),
            playlists: Script::default(),
            recordings: Script::default(),
            calls: Mutex::default(),
            recording_calls: Mutex::default(),
            playlist_calls: Mutex::default(),
        }
    }

    /// What the next call for captions without an answer yet is told.
    pub fn then(&self, reply: Reply<Captions, MediaError>) -> &Self {
        self.script.push(reply);
        self
    }

    /// What the next call for a playlist without an answer yet is told.
    pub fn then_playlist(&self, reply: Reply<Vec<PlaylistItem>, MediaError>) -> &Self {
        self.playlists.push(reply);
        self
    }

    /// What the next call for a recording without an answer yet is told.
    pub fn then_recording(&self, reply: Reply<Recording, MediaError>) -> &Self {
        self.recordings.push(reply);
        self
    }

    /// The recordings asked for so far.
    pub fn recording_calls(&self) -> Vec<RecordingRequest> {
        self.recording_calls.lock().expect("not poisoned").clone()
    }

    /// The videos asked for so far.
    pub fn calls(&self) -> Vec<VideoId> {
        self.calls.lock().expect("not poisoned").iter().map(|it| it.video).collect()
    }

    /// On which way each of them was asked for.
    pub fn routes_taken(&self) -> Vec<usize> {
        self.calls.lock().expect("not poisoned").iter().map(|it| it.route).collect()
    }

    /// The playlists asked for so far.
    pub fn playlist_calls(&self) -> Vec<PlaylistRequest> {
        self.playlist_calls.lock().expect("not poisoned").clone()
    }
}

#[async_trait]
impl MediaSource for ScriptedMedia {
    fn routes(&self) -> Vec<String> {
        self.routes.clone()
    }

    async fn captions(&self, request: &CaptionRequest) -> Result<Captions, MediaError> {
        self.calls.lock().expect("not poisoned").push(*request);
        self.script.play(|| samples::captions(request.video)).await
    }

    fn records(&self) -> bool {
        true
    }

    async fn recording(&self, request: &RecordingRequest) -> Result<Recording, MediaError> {
        self.recording_calls.lock().expect("not poisoned").push(request.clone());
        let bytes = bytes::Bytes::from_static(b"OggS");
        let child = ChildUsage { cpu_ms: 1, ..ChildUsage::default() };
        self.recordings.play(|| Recording { media_type: "audio/ogg", bytes, child }).await
    }

    async fn playlist(&self, request: &PlaylistRequest) -> Result<Vec<PlaylistItem>, MediaError> {
        self.playlist_calls.lock().expect("not poisoned").push(request.clone());
        self.playlists.play(samples::playlist).await
    }
}
