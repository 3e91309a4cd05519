//! What the simulated server was asked.

use serde::{Deserialize, Serialize};

use super::Fault;
use crate::gemini::AskedSegment;

/// One call and what became of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallRecord {
    /// As it was asked for; empty for the list of models.
    pub model: String,
    /// `chat.completions` or `models.list`.
    pub method: String,
    /// The type of its `response_format`, if it has one.
    pub format: Option<String>,
    pub stream: bool,
    /// The one video that it is about, if that can be told.
    pub video: Option<String>,
    /// The transcripts in the prompt; none when notes are combined.
    pub segments: Vec<AskedSegment>,
    /// Of the HTTP answer; a fault in the stream leaves it at 200. It is 0 as long
    /// as there is no answer.
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
