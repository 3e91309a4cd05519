//! A video: its id, the forms its link comes in, and what is known about it.

mod playlist;
mod url;

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use self::playlist::{InvalidPlaylistId, PlaylistId, PlaylistUrlError};
pub use self::url::{MAX_URL_LENGTH, VideoUrl, VideoUrlError};

/// The 11 characters (`0-9 A-Z a-z _ -`) by which YouTube names a video.
///
/// The only form in which a video travels inside recap; every URL is rebuilt
/// from it, so nothing else that a client sent can reach yt-dlp.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct VideoId([u8; Self::LENGTH]);

impl VideoId {
    /// Characters in an id.
    pub const LENGTH: usize = 11;

    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("an id is ASCII by construction")
    }

    /// The one URL that is given to yt-dlp and to people.
    pub fn watch_url(&self) -> String {
        format!("https://www.youtube.com/watch?v={self}")
    }

    /// A link that starts playing at `start`, in whole seconds.
    pub fn link_at(&self, start: Duration) -> String {
        format!("{}&t={}s", self.watch_url(), start.as_secs())
    }
}

/// The text is not 11 characters of `0-9 A-Z a-z _ -`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a video id has exactly 11 characters of 0-9, A-Z, a-z, _ and -")]
pub struct InvalidVideoId;

impl FromStr for VideoId {
    type Err = InvalidVideoId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes: [u8; Self::LENGTH] = text.as_bytes().try_into().map_err(|_| InvalidVideoId)?;
        let valid = bytes.iter().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'-'));
        if valid { Ok(Self(bytes)) } else { Err(InvalidVideoId) }
    }
}

impl TryFrom<String> for VideoId {
    type Error = InvalidVideoId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<VideoId> for String {
    fn from(id: VideoId) -> Self {
        id.as_str().to_owned()
    }
}

impl fmt::Display for VideoId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for VideoId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VideoId({self})")
    }
}

/// A part of a video that its maker gave a title.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chapter {
    pub title: String,
    #[serde(rename = "start_ms", with = "crate::units::milliseconds")]
    pub start: Duration,
    #[serde(rename = "end_ms", with = "crate::units::milliseconds")]
    pub end: Duration,
}

/// What is known about a video, and no more than recap needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VideoMetadata {
    /// `None` if all there is of it is a transcript that the client sent.
    pub id: Option<VideoId>,
    pub title: String,
    pub channel: Option<String>,
    /// `None` for a live or not yet started video.
    #[serde(rename = "duration_ms", default, with = "crate::units::optional_milliseconds")]
    pub duration: Option<Duration>,
    /// BCP-47, when YouTube says it.
    pub language: Option<String>,
    /// `YYYY-MM-DD`.
    pub published: Option<String>,
    /// In order of their start, not overlapping.
    #[serde(default)]
    pub chapters: Vec<Chapter>,
    pub thumbnail: Option<String>,
}

impl VideoMetadata {
    /// Of a video of which nothing else is known.
    pub fn unknown(id: VideoId) -> Self {
        Self {
            id: Some(id),
            title: String::new(),
            channel: None,
            duration: None,
            language: None,
            published: None,
            chapters: Vec::new(),
            thumbnail: None,
        }
    }
}
