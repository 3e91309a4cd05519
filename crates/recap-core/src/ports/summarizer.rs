//! What turns a transcript into notes, and notes into a summary.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::ports::{BoxError, Recording};
use crate::segment::Segment;
use crate::summary::{SegmentNotes, Style, Summary, Usage};
use crate::transcript::Cue;
use crate::video::{VideoId, VideoMetadata};

/// Takes text as it is written, for whoever watches a job run. Only text that is
/// meant for people, and only what the answer holds in the end: but as the model
/// wrote it, so the result may be tidier. Comes again, from the start, if a call
/// is repeated inside.
///
/// And takes what was paid for nothing: for calls whose answers no result was made of.
#[derive(Clone, Copy, Default)]
pub struct Deltas<'a> {
    text: Option<&'a (dyn Fn(&str) + Send + Sync)>,
    waste: Option<&'a (dyn Fn(Usage) + Send + Sync)>,
}

impl<'a> Deltas<'a> {
    /// `sink` must not block.
    pub fn to(sink: &'a (dyn Fn(&str) + Send + Sync)) -> Self {
        Self { text: Some(sink), waste: None }
    }

    /// The same, which also counts what was paid for nothing.
    #[must_use]
    pub fn counting(self, sink: &'a (dyn Fn(Usage) + Send + Sync)) -> Self {
        Self { waste: Some(sink), ..self }
    }

    /// The same without the text.
    #[must_use]
    pub fn silently(self) -> Self {
        Self { text: None, ..self }
    }

    pub fn waste(self, usage: Usage) {
        if let Some(sink) = self.waste {
            sink(usage);
        }
    }

    /// Whether anybody takes them.
    pub fn are_wanted(self) -> bool {
        self.text.is_some()
    }

    pub fn write(self, text: &str) {
        if let Some(sink) = self.text.filter(|_| !text.is_empty()) {
            sink(text);
        }
    }
}

impl fmt::Debug for Deltas<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.are_wanted() { "wanted" } else { "not wanted" })
    }
}

/// One segment to take notes on.
#[derive(Clone, Copy, Debug)]
pub struct NotesRequest<'a> {
    pub video: &'a VideoMetadata,
    pub segment: &'a Segment,
    /// Segments of the video in all.
    pub segments_total: usize,
    /// The cues of the segment, cut into chunks of at most the configured
    /// number of tokens, in order.
    pub chunks: &'a [&'a [Cue]],
    pub style: Style,
    /// Think longer, where the provider can.
    pub advanced: bool,
    /// BCP-47 of the notes.
    pub language: &'a str,
    /// BCP-47 of the transcript.
    pub transcript_language: &'a str,
    pub deltas: Deltas<'a>,
}

/// One of several segments to take notes on.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    pub segment: &'a Segment,
    /// As in [`NotesRequest::chunks`]; not empty.
    pub chunks: &'a [&'a [Cue]],
}

/// Several segments to take notes on at once.
#[derive(Clone, Copy, Debug)]
pub struct PackRequest<'a> {
    pub video: &'a VideoMetadata,
    /// In order, at most as many as [`Summarizer::takes`] says.
    pub parts: &'a [Part<'a>],
    /// Segments of the video in all.
    pub segments_total: usize,
    /// The notes on all other segments, in order, if the summary of the whole is
    /// wanted as well.
    pub others: Option<&'a [SegmentNotes]>,
    pub style: Style,
    /// Think longer, where the provider can.
    pub advanced: bool,
    /// BCP-47 of the notes.
    pub language: &'a str,
    /// BCP-47 of the transcript.
    pub transcript_language: &'a str,
    pub deltas: Deltas<'a>,
}

impl<'a> PackRequest<'a> {
    /// The same for one of the parts.
    pub fn alone(&self, part: &Part<'a>) -> NotesRequest<'a> {
        NotesRequest {
            video: self.video,
            segment: part.segment,
            segments_total: self.segments_total,
            chunks: part.chunks,
            style: self.style,
            advanced: self.advanced,
            language: self.language,
            transcript_language: self.transcript_language,
            deltas: self.deltas,
        }
    }
}

/// What came of several segments.
#[derive(Clone, Debug, PartialEq)]
pub struct Pack {
    /// One for each part, in order; some may be refused. Fewer, but at least one, if
    /// something went wrong with the rest.
    pub notes: Vec<SegmentNotes>,
    /// The summary of the whole, if it was wanted and came along. Its coverage is
    /// the caller's to say.
    pub summary: Option<Summary>,
}

/// How much a summariser takes notes on at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Takes {
    /// At least 1.
    pub segments: usize,
    /// Of transcript, in all.
    pub tokens: usize,
}

/// What there is of a segment of which there is no text.
#[derive(Clone, Copy, Debug)]
pub enum Footage<'a> {
    /// The public video, which the provider fetches by itself.
    Video(VideoId),
    /// What is heard in the segment.
    Sound(&'a Recording),
}

/// One segment to watch or to listen to, and to take notes on.
#[derive(Clone, Copy, Debug)]
pub struct WatchRequest<'a> {
    /// Its title may be empty: then nothing is known of the video but its id.
    pub video: &'a VideoMetadata,
    pub segment: &'a Segment,
    pub footage: Footage<'a>,
    pub style: Style,
    /// Think longer, where the provider can.
    pub advanced: bool,
    /// BCP-47 of the notes; `None` is the language that is spoken.
    pub language: Option<&'a str>,
    pub deltas: Deltas<'a>,
}

/// Notes on a segment that was watched or listened to.
#[derive(Clone, Debug, PartialEq)]
pub struct Watched {
    pub notes: SegmentNotes,
    /// BCP-47 of what is spoken, if the provider could tell.
    pub language: Option<String>,
    /// Where the video ends, if that is before the segment does; asked for where its
    /// length is not known.
    pub ends_at: Option<Duration>,
}

/// All notes of a video, to become one summary.
#[derive(Clone, Copy, Debug)]
pub struct CombineRequest<'a> {
    pub video: &'a VideoMetadata,
    /// In order, one per segment.
    pub notes: &'a [SegmentNotes],
    pub style: Style,
    /// Think longer, where the provider can.
    pub advanced: bool,
    /// BCP-47 of the summary.
    pub language: &'a str,
    pub transcript_language: &'a str,
    /// Share of the transcript that the notes cover, 0 to 1.
    pub coverage: f64,
    pub deltas: Deltas<'a>,
}

/// What a summariser takes notes on besides text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Watches {
    /// Public videos, which it fetches by itself.
    pub video: bool,
    /// Recordings of what is heard.
    pub sound: bool,
}

/// A result, and what it cost.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer<T> {
    pub value: T,
    pub usage: Usage,
    /// What the client should know about it, in our own words.
    pub warnings: Vec<String>,
}

/// Summarises. Every call may be repeated; it obeys its own deadline.
///
/// Whatever it returns is already valid: times lie inside the segment and in
/// order, no text is empty, nothing exceeds the bounds of the prompt.
#[async_trait]
pub trait Summarizer: Send + Sync {
    /// `extractive` or the provider's name, for logs and results.
    fn name(&self) -> &'static str;

    /// Changes with whatever makes its results others for the same transcript:
    /// the prompt, the model. Part of the cache's key.
    fn version(&self) -> String;

    async fn notes(
        &self,
        request: &NotesRequest<'_>,
    ) -> Result<Answer<SegmentNotes>, SummarizerError>;

    /// How much it takes notes on at once: one segment, unless it says otherwise.
    fn takes(&self) -> Takes {
        Takes { segments: 1, tokens: usize::MAX }
    }

    /// Notes on several segments, in fewer calls than one for each.
    async fn pack(&self, request: &PackRequest<'_>) -> Result<Answer<Pack>, SummarizerError> {
        let (mut notes, mut usage, mut warnings) = (Vec::new(), Usage::default(), Vec::new());
        for part in request.parts {
            let answer = self.notes(&request.alone(part)).await?;
            notes.push(answer.value);
            usage += answer.usage;
            warnings.extend(answer.warnings);
        }
        Ok(Answer { value: Pack { notes, summary: None }, usage, warnings })
    }

    /// What it can take notes on where there is no text: nothing, unless it says
    /// otherwise.
    fn watches(&self) -> Watches {
        Watches::default()
    }

    /// Notes on a segment of which there is no text.
    async fn watch(&self, _request: &WatchRequest<'_>) -> Result<Answer<Watched>, SummarizerError> {
        Err(SummarizerError::Unreadable)
    }

    async fn combine(
        &self,
        request: &CombineRequest<'_>,
    ) -> Result<Answer<Summary>, SummarizerError>;
}

/// Why there is no summary, and what the caller may do.
#[derive(Debug, thiserror::Error)]
pub enum SummarizerError {
    /// The provider asked us to slow down; not counted as an attempt.
    #[error("the summarizer is over its rate")]
    RateLimited { retry_after: Duration },
    /// The quota of every model is spent until then; not counted as an attempt.
    #[error("the summarizer's quota is spent until {until}")]
    QuotaSpent { until: Timestamp },
    /// It failed several times in a row and is left alone for this long.
    #[error("the summarizer is left alone for a while")]
    Resting { retry_after: Duration },
    /// The provider cannot read this video or recording, now or later.
    #[error("the summarizer cannot read this")]
    Unreadable,
    /// The provider will not read this content.
    #[error("the summarizer refused the content")]
    Blocked,
    /// The provider does not accept our key, our region or any of our models.
    #[error("the summarizer refused us: {problem}")]
    Unauthorized { problem: &'static str },
    /// The provider answered, but not what was asked for, twice.
    #[error("the summarizer's answer was not usable")]
    InvalidAnswer,
    /// The provider did not answer, or failed, several times.
    #[error("the summarizer did not answer")]
    Transient(#[source] BoxError),
}
