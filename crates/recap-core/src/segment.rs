//! Cutting a video into segments, and a segment into chunks. Pure.

mod chunk;
mod cuts;
mod pack;
mod plan;
mod within;

use std::ops::Range;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use self::chunk::chunk;
pub use self::pack::{cost, pack, questions};
pub use self::plan::plan;
pub use self::within::within;

/// A stretch of the video that is summarised on its own: `[start, end)`, at
/// most the configured length.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// From 0, in order.
    pub index: u32,
    #[serde(rename = "start_ms", with = "crate::units::milliseconds")]
    pub start: Duration,
    #[serde(rename = "end_ms", with = "crate::units::milliseconds")]
    pub end: Duration,
    /// Title of the chapter it begins in, if the video has chapters.
    #[serde(default)]
    pub chapter: Option<String>,
    /// The cues it covers, as a range of the transcript.
    pub cues: Range<usize>,
}
