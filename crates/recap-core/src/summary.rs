//! What recap produces: notes on a segment, and the summary of the whole.

pub mod render;

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How a summary is told.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
    strum::Display,
    strum::EnumString,
    strum::VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Style {
    /// A few sentences and the main points.
    Brief,
    /// Paragraphs, many points, every chapter.
    #[default]
    Detailed,
    /// Points only.
    Bullets,
    /// One paragraph and the points of each chapter.
    Chapters,
}

/// One thing that is said, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct KeyPoint {
    /// Where it is said, in milliseconds from the start of the video.
    #[serde(rename = "start_ms", with = "crate::units::milliseconds")]
    #[schema(value_type = u64)]
    pub start: Duration,
    pub text: String,
}

/// What became of one segment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotesStatus {
    #[default]
    Done,
    /// The summariser refused this part of the video; the notes are empty.
    Blocked,
}

/// The saved result of one segment: the checkpoint a job resumes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentNotes {
    /// Index of the segment.
    pub index: u32,
    #[serde(rename = "start_ms", with = "crate::units::milliseconds")]
    pub start: Duration,
    #[serde(rename = "end_ms", with = "crate::units::milliseconds")]
    pub end: Duration,
    pub title: String,
    pub summary: String,
    /// In order of time, each inside the segment.
    pub points: Vec<KeyPoint>,
    #[serde(default)]
    pub status: NotesStatus,
    /// Who made them: `extractive`, or the name of a model.
    pub model: String,
}

/// A chapter of the summary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChapterSummary {
    #[serde(rename = "start_ms", with = "crate::units::milliseconds")]
    pub start: Duration,
    #[serde(rename = "end_ms", with = "crate::units::milliseconds")]
    pub end: Duration,
    pub title: String,
    pub summary: String,
}

/// The summary of a whole video.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    pub title: String,
    /// Two or three sentences.
    pub tldr: String,
    /// In order of time.
    pub key_points: Vec<KeyPoint>,
    /// In order of time, together the whole video.
    pub chapters: Vec<ChapterSummary>,
    /// BCP-47 of the summary's own text.
    pub language: String,
    pub style: Style,
    /// Who made it: `extractive`, or the name of a model.
    pub model: String,
    /// Share of the video's transcript that was read, 0 to 1.
    pub coverage: f64,
}

/// What the summariser was paid with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Usage {
    pub input_tokens: u64,
    pub output_tokens: u64,
    pub calls: u32,
}

/// Numbers of a vendor are added, so none of them may be trusted to leave room.
impl std::ops::AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        self.input_tokens = self.input_tokens.saturating_add(other.input_tokens);
        self.output_tokens = self.output_tokens.saturating_add(other.output_tokens);
        self.calls = self.calls.saturating_add(other.calls);
    }
}
