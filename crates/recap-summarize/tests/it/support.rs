//! A talk of the simulator as the summarisers see it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use recap_config::{Config, Provider, Secret};
use recap_core::ports::{
    Answer, CombineRequest, Deltas, NotesRequest, Summarizer, SummarizerError,
};
use recap_core::segment::Segment;
use recap_core::summary::{SegmentNotes, Style, Summary};
use recap_core::transcript::Cue;
use recap_core::video::{Chapter, VideoMetadata};
use recap_simulator::gemini::Gemini;
use recap_simulator::prose::{self, Timeline};
use recap_summarize::connect;
use recap_testkit::fakes::FakeLimits;

pub(crate) const OPENAI_MODELS: [&str; 2] = ["small-1", "large-1"];
pub(crate) const MODELS: [&str; 2] = ["gemini-3.5-flash-lite", "gemini-3.6-flash"];

/// Noon of a day in January, in California.
pub(crate) fn now() -> Timestamp {
    "2026-01-15T20:00:00Z".parse().unwrap()
}

/// A video, cut into segments of ten minutes at most.
pub(crate) struct Talk {
    pub(crate) video: VideoMetadata,
    pub(crate) cues: Vec<Cue>,
    pub(crate) segments: Vec<Segment>,
    pub(crate) style: Style,
    pub(crate) advanced: bool,
    pub(crate) language: String,
    /// What was written to whoever reads along.
    pub(crate) written: Mutex<Vec<String>>,
}

impl Talk {
    /// Written captions, without chapters.
    pub(crate) fn new(name: &str) -> Self {
        let talk = prose::find(name).unwrap();
        let timeline = Timeline::new(&[talk], u64::from(talk.minutes) * 60_000);
        let cues = timeline.cues().into_iter().map(|it| cue(it.start_ms, it.end_ms, it.text));
        Self::of(&timeline, cues.collect())
    }

    /// What speech recognition heard.
    pub(crate) fn heard(name: &str) -> Self {
        let talk = prose::find(name).unwrap();
        let timeline = Timeline::new(&[talk], u64::from(talk.minutes) * 60_000);
        let text = |words: Vec<(u64, String)>| {
            let words: Vec<String> = words.into_iter().map(|it| it.1).collect();
            words.join(if matches!(talk.language, "ja" | "zh-Hans") { "" } else { " " })
        };
        let lines = timeline.lines().into_iter();
        let cues = lines.map(|it| cue(it.start_ms, it.end_ms, text(it.words))).collect();
        Self::of(&timeline, cues)
    }

    fn of(timeline: &Timeline, cues: Vec<Cue>) -> Self {
        let length = Duration::from_millis(timeline.length_ms);
        let video = VideoMetadata {
            id: Some("ok_demo25m1".parse().unwrap()),
            title: timeline.title.to_owned(),
            channel: None,
            duration: Some(length),
            language: Some(timeline.language.to_owned()),
            published: None,
            chapters: Vec::new(),
            thumbnail: None,
        };
        let (style, language) = (Style::Detailed, timeline.language.to_owned());
        let mut talk = Self {
            video,
            cues,
            segments: Vec::new(),
            style,
            advanced: false,
            language,
            written: Mutex::default(),
        };
        let count = u32::try_from(length.as_secs().div_ceil(600)).unwrap();
        talk.segments = (0..count).map(|it| talk.segment(it, length / count)).collect();
        talk
    }

    fn segment(&self, index: u32, length: Duration) -> Segment {
        let (start, end) = (length * index, length * (index + 1));
        let at = |time| self.cues.partition_point(|it| it.start < time);
        Segment { index, start, end, chapter: None, cues: at(start)..at(end) }
    }

    /// The chapters of the talk's text, and a segment for each.
    pub(crate) fn with_chapters(mut self, name: &str) -> Self {
        let talk = prose::find(name).unwrap();
        let timeline = Timeline::new(&[talk], u64::from(talk.minutes) * 60_000);
        let marks = timeline.chapters.iter().map(|it| it.start_ms);
        let ends = marks.skip(1).chain([timeline.length_ms]);
        let chapter = |(mark, end): (&prose::Mark, u64)| Chapter {
            title: mark.title.to_owned(),
            start: Duration::from_millis(mark.start_ms),
            end: Duration::from_millis(end),
        };
        self.video.chapters = timeline.chapters.iter().zip(ends).map(chapter).collect();
        self
    }

    /// What was written since it was last asked.
    pub(crate) fn written(&self) -> Vec<String> {
        std::mem::take(&mut self.written.lock().unwrap())
    }

    pub(crate) async fn note(
        &self,
        summarizer: &dyn Summarizer,
        index: usize,
    ) -> Result<Answer<SegmentNotes>, SummarizerError> {
        let segment = &self.segments[index];
        let written = |text: &str| self.written.lock().unwrap().push(text.to_owned());
        let chunks: Vec<&[Cue]> = self.cues[segment.cues.clone()].chunks(60).collect();
        let request = NotesRequest {
            video: &self.video,
            segment,
            segments_total: self.segments.len(),
            chunks: &chunks,
            style: self.style,
            advanced: self.advanced,
            language: &self.language,
            transcript_language: self.video.language.as_deref().unwrap(),
            deltas: Deltas::to(&written),
        };
        summarizer.notes(&request).await
    }

    pub(crate) async fn notes(&self, summarizer: &dyn Summarizer) -> Vec<SegmentNotes> {
        let mut notes = Vec::new();
        for index in 0..self.segments.len() {
            notes.push(self.note(summarizer, index).await.unwrap().value);
        }
        notes
    }

    pub(crate) async fn combine(
        &self,
        summarizer: &dyn Summarizer,
        notes: &[SegmentNotes],
    ) -> Result<Answer<Summary>, SummarizerError> {
        let written = |text: &str| self.written.lock().unwrap().push(text.to_owned());
        let request = CombineRequest {
            video: &self.video,
            notes,
            style: self.style,
            advanced: self.advanced,
            language: &self.language,
            transcript_language: self.video.language.as_deref().unwrap(),
            coverage: 1.0,
            deltas: Deltas::to(&written),
        };
        summarizer.combine(&request).await
    }
}

fn cue(start: u64, end: u64, text: String) -> Cue {
    Cue { start: Duration::from_millis(start), end: Duration::from_millis(end), text }
}

/// Settings for a Gemini at `base_url`, with back-offs of milliseconds.
pub(crate) fn config(base_url: String) -> Config {
    let mut config = Config::default();
    config.summarize.provider = Provider::Gemini;
    config.gemini.api_key = Secret::new("test-key");
    config.gemini.base_url = base_url;
    config.gemini.models = MODELS.map(str::to_owned).to_vec();
    config.gemini.retries = 2;
    config.gemini.retry_base_ms = 1;
    config
}

/// Settings for a server of the OpenAI API at `base_url`, likewise.
pub(crate) fn openai_config(base_url: String) -> Config {
    let mut config = Config::default();
    config.summarize.provider = Provider::Openai;
    config.openai.api_key = Secret::new("test-key");
    config.openai.base_url = base_url;
    config.openai.models = OPENAI_MODELS.map(str::to_owned).to_vec();
    config.openai.context_tokens = 32_768;
    config.openai.retries = 2;
    config.openai.retry_base_ms = 1;
    config
}

pub(crate) fn summarizer(config: &Config) -> Arc<dyn Summarizer> {
    summarizer_within(config, Arc::default())
}

/// One that shares its budgets with others.
pub(crate) fn summarizer_within(config: &Config, limits: Arc<FakeLimits>) -> Arc<dyn Summarizer> {
    connect(config, Arc::new(now), limits).unwrap().summarizer
}

/// A simulated Gemini and a summariser that asks it.
pub(crate) async fn gemini() -> (Gemini, Arc<dyn Summarizer>) {
    let gemini = Gemini::start(0).await.unwrap();
    let summarizer = summarizer(&config(gemini.base_url()));
    (gemini, summarizer)
}
