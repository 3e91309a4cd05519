//! What yt-dlp prints: one line `META {…}`, and one line `SUBS {…}` once the
//! captions are written; of a playlist, lines `ITEM {…}`. All come from strangers: everything is optional, cut
//! to a bound, and checked.

mod list;
mod metadata;
mod track;

use serde::Deserialize;

use recap_core::transcript::TranscriptSource;
use recap_core::video::{VideoId, VideoMetadata};

pub(crate) use self::list::Listed;
pub(crate) use self::track::{Unreadable, read_captions};

use self::metadata::Metadata;
use self::track::Tracks;

/// The two lines, as far as they came.
#[derive(Debug, Default)]
pub(crate) struct Printed {
    metadata: Option<Metadata>,
    tracks: Option<Tracks>,
}

/// The caption track that yt-dlp wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Track {
    pub(crate) source: TranscriptSource,
    /// BCP-47.
    pub(crate) language: String,
    /// As printed, not to be trusted.
    pub(crate) file: String,
}

/// What is in the line about captions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// No track, or no such line.
    Nothing,
    Track(Track),
    /// Machine translations only. `original` names the track to ask for.
    Translated {
        original: String,
    },
}

#[derive(Deserialize)]
struct Id<'a> {
    id: &'a str,
}

impl Printed {
    /// Reads the lines about `video`. A line that is cut, broken or about
    /// another video counts as missing.
    pub(crate) fn read(stdout: &[u8], video: VideoId) -> Self {
        let text = String::from_utf8_lossy(stdout);
        Self {
            metadata: text.lines().find_map(|line| parse(line, "META ", video)),
            tracks: text.lines().find_map(|line| parse(line, "SUBS ", video)),
        }
    }

    pub(crate) fn has_metadata(&self) -> bool {
        self.metadata.is_some()
    }

    /// `is_live`, `is_upcoming`, `post_live`, `was_live` or `not_live`.
    pub(crate) fn live_status(&self) -> Option<&str> {
        self.metadata.as_ref()?.live_status()
    }

    /// When an upcoming video starts. Only profile W learns it.
    pub(crate) fn starts_at(&self) -> Option<jiff::Timestamp> {
        self.metadata.as_ref()?.starts_at()
    }

    pub(crate) fn choice(&self) -> Choice {
        self.tracks.as_ref().map_or(Choice::Nothing, Tracks::choice)
    }

    /// The metadata of `video`; without the line, its id alone.
    pub(crate) fn into_metadata(self, video: VideoId) -> VideoMetadata {
        self.metadata.unwrap_or_default().into_video(video)
    }
}

fn parse<T: serde::de::DeserializeOwned>(line: &str, marker: &str, video: VideoId) -> Option<T> {
    let json = line.strip_prefix(marker)?;
    let Id { id } = serde_json::from_str(json).ok()?;
    if id != video.as_str() {
        return None;
    }
    serde_json::from_str(json).ok()
}

#[cfg(test)]
mod tests;
