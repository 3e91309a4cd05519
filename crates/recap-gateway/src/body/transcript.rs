//! A transcript as JSON.

use recap_core::VideoId;
use recap_core::transcript::{Cue, Transcript, TranscriptSource};
use serde::Serialize;
use utoipa::ToSchema;

/// What is said in a video.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Transcript)]
pub(crate) struct TranscriptBody {
    /// `null` for a transcript that the client sent.
    #[schema(required, example = "dQw4w9WgXcQ")]
    video_id: Option<String>,
    source: TranscriptSource,
    /// BCP-47 of the track.
    #[schema(example = "en")]
    language: String,
    /// In order of time, not overlapping.
    cues: Vec<CueBody>,
}

/// One line of a transcript.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Cue)]
pub(crate) struct CueBody {
    /// In seconds.
    #[schema(example = 12.4)]
    start: f64,
    /// In seconds.
    #[schema(example = 15.0)]
    end: f64,
    /// Plain text, without line breaks.
    text: String,
}

impl TranscriptBody {
    pub(crate) fn new(video: Option<VideoId>, transcript: Transcript) -> Self {
        Self {
            video_id: video.map(|it| it.to_string()),
            source: transcript.source,
            language: transcript.language,
            cues: transcript.cues.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Cue> for CueBody {
    fn from(cue: Cue) -> Self {
        Self { start: super::seconds(cue.start), end: super::seconds(cue.end), text: cue.text }
    }
}
