//! What a client asked for.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{BatchInput, Lane, Priority, Region};
use crate::summary::Style;
use crate::video::VideoId;

/// Whether finished work may be used again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CacheMode {
    /// Take what is there, and keep what is made.
    #[default]
    Use,
    /// Make it anew, and keep it.
    Refresh,
    /// Make it anew, and keep nothing.
    Bypass,
}

/// What the client asked for, checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobInput {
    /// `None` for a batch, and for a transcript of the client's own.
    pub video_id: Option<VideoId>,
    /// The client's own transcript, kept beside the job.
    #[serde(default)]
    pub transcript: Option<OwnTranscript>,
    /// What a batch is made of.
    #[serde(default)]
    pub batch: Option<BatchInput>,
    /// Only what is said then is read.
    #[serde(default)]
    pub range: Option<TimeRange>,
    /// BCP-47 of the summary, or `None` for the video's own.
    #[serde(default)]
    pub language: Option<String>,
    #[serde(default)]
    pub style: Style,
    #[serde(default)]
    pub priority: Priority,
    /// `None`: any worker may do it.
    #[serde(default)]
    pub region: Option<Region>,
    #[serde(default)]
    pub cache: CacheMode,
}

/// A part of a video.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TimeRange {
    #[serde(rename = "start_ms", with = "crate::units::milliseconds")]
    pub start: Duration,
    /// After `start`; `None` is the end of the video.
    #[serde(rename = "end_ms", default, with = "crate::units::optional_milliseconds")]
    pub end: Option<Duration>,
}

/// A transcript that the client sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnTranscript {
    /// SHA-256 of its language and cues, in hexadecimal: names it where a video has
    /// its id.
    pub digest: String,
    #[serde(default)]
    pub title: Option<String>,
    /// It had no times; they are estimated from the number of words.
    #[serde(default)]
    pub estimated: bool,
}

impl JobInput {
    /// What the job is about: the id of the video, or the digest of the
    /// transcript. Empty for a batch.
    pub fn subject(&self) -> String {
        match (&self.video_id, &self.transcript) {
            (_, Some(own)) => own.digest.clone(),
            (Some(video), None) => video.to_string(),
            (None, None) => String::new(),
        }
    }

    pub fn lane(&self) -> Lane {
        Lane { priority: self.priority, region: self.region.clone() }
    }
}
