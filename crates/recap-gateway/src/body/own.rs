//! A transcript that a client sends.

use serde::Deserialize;
use utoipa::ToSchema;

use super::bounded::{Choice, Text};
use super::create::Tag;

/// A transcript of the client's own: `cues`, or `text` in one of three formats.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OwnTranscript, example = json!({
    "language": "en",
    "title": "How bridges stand",
    "cues": [{"start": 0, "end": 4.2, "text": "An arch turns load into pressure."}]
}))]
pub(crate) struct CreateOwn {
    /// How it is written; if left out, it is found out.
    #[serde(default)]
    #[schema(value_type = Option<OwnFormat>)]
    pub(crate) format: Option<Choice<OwnFormat>>,
    /// At most 100,000.
    #[serde(default)]
    #[schema(max_items = 100_000)]
    pub(crate) cues: Option<Vec<CreateCue>>,
    /// A file of `SubRip` or `WebVTT`, or plain text, whose times are estimated at
    /// 150 words a minute.
    #[serde(default)]
    #[schema(max_length = 16_777_216)]
    pub(crate) text: Option<String>,
    /// BCP-47 of what is said.
    #[schema(value_type = String, max_length = 35, example = "en")]
    pub(crate) language: Tag,
    /// What it is about.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub(crate) title: Option<Text<200>>,
}

/// How a transcript is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OwnFormat {
    Cues,
    Srt,
    Vtt,
    Text,
}

/// One line of a transcript.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OwnCue)]
pub(crate) struct CreateCue {
    /// In seconds.
    #[schema(minimum = 0, maximum = 360_000)]
    pub(crate) start: f64,
    /// In seconds, after `start`.
    #[schema(maximum = 360_000)]
    pub(crate) end: f64,
    #[schema(value_type = String, max_length = 10_000)]
    pub(crate) text: Text<10_000>,
}
