//! The name of a playlist.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::VideoUrlError;
use super::url::{MAX_URL_LENGTH, page_url};

/// What YouTube calls a playlist: 2 to 64 of `0-9 A-Z a-z _ -`, such as
/// `PL` and 32 characters, or `UU` and a channel's.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PlaylistId(String);

/// The text cannot be the name of a playlist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a playlist's id has 2 to 64 characters of 0-9, A-Z, a-z, _ and -")]
pub struct InvalidPlaylistId;

/// Why a text is not a link to a playlist, and what would be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlaylistUrlError {
    #[error("the link is empty; send one like https://www.youtube.com/playlist?list=ID")]
    Empty,
    #[error("the link has more than {} characters", MAX_URL_LENGTH)]
    TooLong,
    /// As for the link to a video.
    #[error("{0}")]
    Link(VideoUrlError),
    #[error("the link names no playlist; open the playlist and copy the link of its page")]
    NotAPlaylist,
    #[error("the playlist's id is not 2 to 64 characters of 0-9, A-Z, a-z, _ and -")]
    InvalidId,
}

impl PlaylistId {
    /// Reads `youtube.com/playlist?list=ID`, `youtube.com/watch?v=…&list=ID`,
    /// `youtu.be/…?list=ID`, `youtube.com/embed/videoseries?list=ID`, and the id
    /// alone, on the hosts and by the rules of a [`super::VideoUrl`]. The first
    /// `list` counts.
    pub fn parse_url(text: &str) -> Result<Self, PlaylistUrlError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(PlaylistUrlError::Empty);
        }
        if text.chars().nth(MAX_URL_LENGTH).is_some() {
            return Err(PlaylistUrlError::TooLong);
        }
        if let Ok(id) = text.parse() {
            return Ok(id);
        }
        let url = page_url(text).map_err(PlaylistUrlError::Link)?;
        let list = url.query_pairs().find(|(name, _)| name == "list");
        let (_, id) = list.ok_or(PlaylistUrlError::NotAPlaylist)?;
        id.parse().map_err(|_| PlaylistUrlError::InvalidId)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The one URL that is given to yt-dlp.
    pub fn url(&self) -> String {
        format!("https://www.youtube.com/playlist?list={}", self.0)
    }
}

impl FromStr for PlaylistId {
    type Err = InvalidPlaylistId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'-');
        let valid = (2..=64).contains(&text.len()) && text.bytes().all(known);
        if valid { Ok(Self(text.to_owned())) } else { Err(InvalidPlaylistId) }
    }
}

impl TryFrom<String> for PlaylistId {
    type Error = InvalidPlaylistId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<PlaylistId> for String {
    fn from(id: PlaylistId) -> Self {
        id.0
    }
}

impl fmt::Display for PlaylistId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
