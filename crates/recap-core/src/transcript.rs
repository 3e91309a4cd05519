//! What was said, and when: cues in order, parsed from every caption format
//! and rendered to each.

mod block;
pub mod json3;
mod normalize;
mod own;
mod rolling;
mod sentence;
pub mod srt;
pub mod text;
mod timestamp;
pub mod vtt;

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use self::normalize::{MAX_TIME, normalize};
pub use self::own::{TextFormat, digest_of};
pub(crate) use self::sentence::ends_sentence;

/// One line of a transcript. `text` is plain: no tags, no entities, no line
/// breaks, never empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cue {
    #[serde(rename = "start_ms", with = "crate::units::milliseconds")]
    pub start: Duration,
    #[serde(rename = "end_ms", with = "crate::units::milliseconds")]
    pub end: Duration,
    pub text: String,
}

/// Where a transcript came from. Only added to.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
    strum::Display,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum TranscriptSource {
    /// Written by people.
    CaptionsManual,
    /// Made by YouTube's speech recognition, in the language spoken.
    CaptionsAutomatic,
    /// Sent by the client.
    Client,
    /// None: the summariser watched the public video.
    Video,
    /// None: the summariser listened to the video.
    Audio,
}

/// The cues of a video in order of start, not overlapping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transcript {
    pub source: TranscriptSource,
    /// BCP-47 of the track.
    pub language: String,
    pub cues: Vec<Cue>,
}

/// The text is not a transcript of the format it is said to be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a {format} transcript: {problem}")]
pub struct TranscriptError {
    pub format: &'static str,
    pub problem: &'static str,
}

impl TranscriptSource {
    /// Whether the summariser read the video itself, segment by segment.
    pub fn is_watched(self) -> bool {
        matches!(self, Self::Video | Self::Audio)
    }
}

impl Transcript {
    /// End of the last cue; zero for an empty transcript.
    pub fn end(&self) -> Duration {
        self.cues.last().map_or(Duration::ZERO, |it| it.end)
    }
}
