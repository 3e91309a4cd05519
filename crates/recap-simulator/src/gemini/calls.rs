//! What the simulated Gemini was asked.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Fault;

/// One call and what became of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallRecord {
    /// Empty for the list of models.
    pub model: String,
    /// `generateContent`, `streamGenerateContent`, `countTokens`, `models.get` or `models.list`.
    pub method: String,
    /// The one video that it is about, if that can be told: by its id, or where a
    /// prompt has only a title, as when notes are combined, by the `<video>` tag.
    pub video: Option<String>,
    /// The transcripts in the prompt and the clips of video beside it; none when
    /// notes are combined.
    pub segments: Vec<AskedSegment>,
    /// Of the HTTP answer; a fault in the stream leaves it at 200. It is 0 as long
    /// as there is no answer: it is held back, or the client left before it came.
    pub status: u16,
    pub fault: Option<Fault>,
    /// The last finish reason that was sent, if one was.
    pub finish_reason: Option<String>,
    pub prompt_tokens: u64,
    pub output_tokens: u64,
}

impl CallRecord {
    /// What is known of it before it is answered.
    pub(super) fn unanswered(&self) -> Self {
        Self { status: 0, finish_reason: None, output_tokens: 0, ..self.clone() }
    }
}

/// A part of a video that was to be read: a `<transcript …>` tag, or a clip of a
/// YouTube video.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedSegment {
    /// `segment="3"`.
    pub segment: Option<u64>,
    /// `video="…"`, or the id in the address of the clip.
    pub video: Option<String>,
    /// In seconds.
    pub start: Option<u64>,
    pub end: Option<u64>,
    /// Everything the tag said.
    pub attributes: BTreeMap<String, String>,
}
