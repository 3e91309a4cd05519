//! A transcript that a client sends: which format it is, and what names it.

use std::fmt::Write as _;

use super::{Cue, TranscriptError, srt, text, vtt};
use crate::key::digest;

/// How a transcript is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextFormat {
    Srt,
    Vtt,
    /// Without times; they are estimated at 150 words a minute.
    Text,
}

impl TextFormat {
    /// The one that `text` seems to be.
    pub fn guess(text: &str) -> Self {
        let start = text.trim_start_matches('\u{FEFF}').trim_start();
        if start.starts_with("WEBVTT") {
            Self::Vtt
        } else if srt::parse(text).is_ok() {
            Self::Srt
        } else {
            Self::Text
        }
    }

    /// Reads `text` as the cues it says.
    ///
    /// # Errors
    ///
    /// If it is not of this format, or nothing is said in it.
    pub fn parse(self, text: &str) -> Result<Vec<Cue>, TranscriptError> {
        let (cues, format) = match self {
            Self::Srt => (srt::parse(text)?, "SubRip"),
            Self::Vtt => (vtt::parse(text)?, "WebVTT"),
            Self::Text => (text::parse(text, None)?, "text"),
        };
        let problem = "nothing is said in it";
        if cues.is_empty() { Err(TranscriptError { format, problem }) } else { Ok(cues) }
    }
}

/// Names what is said in `cues`, and in which language: SHA-256 in hexadecimal.
pub fn digest_of(language: &str, cues: &[Cue]) -> String {
    let mut canonical = format!("{}\n", language.to_ascii_lowercase());
    for cue in cues {
        let (start, end) = (cue.start.as_millis(), cue.end.as_millis());
        // A text has no line breaks.
        let _ = writeln!(canonical, "{start} {end} {}", cue.text);
    }
    digest(&canonical)
}
