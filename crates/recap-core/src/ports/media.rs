//! Where metadata and captions come from.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;

use crate::error::{ErrorCode, Failure};
use crate::job::ChildUsage;
use crate::ports::BoxError;
use crate::transcript::Transcript;
use crate::video::{PlaylistId, VideoId, VideoMetadata};

/// What is wanted of one video.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaptionRequest {
    pub video: VideoId,
    /// The way to YouTube, of [`MediaSource::routes`].
    pub route: usize,
}

/// Metadata and one caption track.
#[derive(Clone, Debug, PartialEq)]
pub struct Captions {
    pub video: VideoMetadata,
    pub transcript: Transcript,
    pub child: ChildUsage,
}

/// What is heard in a part of a video.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordingRequest {
    pub video: VideoId,
    /// The way to YouTube, of [`MediaSource::routes`].
    pub route: usize,
    pub start: Duration,
    pub end: Duration,
}

/// What is heard in a part of a video, in memory: of ten minutes a few megabytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Recording {
    /// As in `audio/ogg`.
    pub media_type: &'static str,
    pub bytes: Bytes,
    pub child: ChildUsage,
}

impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes of {}", self.bytes.len(), self.media_type)
    }
}

/// Which videos a playlist has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaylistRequest {
    pub playlist: PlaylistId,
    /// From its start; at least 1.
    pub max_items: u32,
}

/// One video of a playlist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaylistItem {
    pub video: VideoId,
    pub title: Option<String>,
}

/// Hears what became of one of several requests.
pub type Tell<'a> = &'a (dyn Fn(usize, Result<Captions, MediaError>) + Send + Sync);

/// Fetches metadata and captions in one go.
///
/// Every call may be repeated. It ends by its own deadline, and is canceled by
/// dropping its future; however it ends, it leaves no process and no file
/// behind.
#[async_trait]
pub trait MediaSource: Send + Sync {
    /// The ways to YouTube by their names, the preferred one first; at least one.
    /// Playlists take the first.
    fn routes(&self) -> Vec<String>;

    async fn captions(&self, request: &CaptionRequest) -> Result<Captions, MediaError>;

    /// Whether several videos asked for together are cheaper than one by one.
    fn batches(&self) -> bool {
        false
    }

    /// The captions of several videos, each on its own: `tell` hears of each one,
    /// by its place in `requests` and in the order of these, once.
    async fn captions_of(&self, requests: &[CaptionRequest], tell: Tell<'_>) {
        for (index, request) in requests.iter().enumerate() {
            tell(index, self.captions(request).await);
        }
    }

    /// Whether it can bring what is heard in a video.
    fn records(&self) -> bool {
        false
    }

    /// What is heard in a part of a video, or nothing of it.
    async fn recording(&self, _request: &RecordingRequest) -> Result<Recording, MediaError> {
        Err(MediaError::Permanent(ErrorCode::ExtractorMissing.into()))
    }

    /// The videos of a playlist in its order, without looking at any of them:
    /// one that is private or gone is only found out later.
    async fn playlist(&self, request: &PlaylistRequest) -> Result<Vec<PlaylistItem>, MediaError>;
}

/// Why there are no captions, and what the caller may do.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// The video will not become readable by trying again.
    #[error("{0}")]
    Permanent(Failure),
    /// The video has no captions. All else that is known of it comes along.
    #[error("the video has no captions")]
    Silent(Box<VideoMetadata>),
    /// It may work later: after the retry policy's delay, or not before `after`.
    #[error("{failure}")]
    Transient {
        failure: Failure,
        after: Option<Duration>,
        #[source]
        source: Option<BoxError>,
    },
    /// YouTube blocks this way to it; it is no use asking on it before `after`.
    #[error("{failure}")]
    Blocked { failure: Failure, after: Duration },
    /// YouTube refused or failed on this way, whatever the video, and is left
    /// alone there for this long; not counted as an attempt.
    #[error("YouTube is left alone for a while")]
    Resting { after: Duration },
    /// The video has not started, or is live; look again at `until` if known.
    #[error("{failure}")]
    NotYet { failure: Failure, until: Option<Timestamp> },
}
