//! Running a summariser over a document, as a job would.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use recap_config::{Config, EnvironmentVariables};
use recap_core::ports::{Answer, CombineRequest, Deltas, NotesRequest, Summarizer};
use recap_core::segment::{Segment, chunk, plan};
use recap_core::summary::{SegmentNotes, Style, Summary, Usage};
use recap_core::transcript::Cue;
use recap_testkit::fakes::FakeLimits;
use serde_json::json;
use tokio::runtime::Runtime;

use super::document::Document;
use super::forms::Form;
use crate::lab::now;

/// A summary that costs nothing is made so often again, to see what CPU it takes.
const PASSES: u32 = 20;
/// And the best of so many turns counts.
const TURNS: u32 = 5;

pub(super) struct Provider {
    summarizer: Arc<dyn Summarizer>,
    config: Config,
    runtime: Runtime,
}

/// What came of a document. Times are seconds.
pub(super) struct Run {
    pub(super) points: Vec<(f64, String)>,
    /// Where chapters begin.
    pub(super) chapters: Vec<f64>,
    pub(super) usage: Usage,
    /// Of this process, for one summary.
    pub(super) cpu: Duration,
}

impl Provider {
    /// # Errors
    ///
    /// If the name is no provider's, or its settings cannot work.
    pub(super) fn connect(name: &str) -> anyhow::Result<Self> {
        let mut config = recap_config::load(None, &EnvironmentVariables::of_process())?.config;
        config.summarize.provider = serde_json::from_value(json!(name))
            .with_context(|| format!("`{name}` is no value of `summarize.provider`"))?;
        let limits = Arc::new(FakeLimits::default());
        let summarizer = recap_summarize::connect(&config, Arc::new(now), limits)?.summarizer;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Self { summarizer, config, runtime })
    }

    pub(super) fn run(&self, document: &Document, form: Form) -> anyhow::Result<Run> {
        let cues = document.cues(form);
        let limit = self.config.summarize.segment_length();
        let mut segments = Vec::new();
        for segment in plan(cues, document.length, &document.video.chapters, limit) {
            let cues = &cues[segment.cues.clone()];
            let chunks = chunk(cues, self.config.summarize.chunk_tokens);
            segments.push((segment, chunks.into_iter().map(|it| &cues[it]).collect()));
        }
        let talk = Talk { document, segments };
        let before = cpu()?;
        let summary = self.runtime.block_on(self.summary(&talk))?;
        let mut best = cpu()?.saturating_sub(before);
        if summary.usage.calls == 0 {
            for _ in 0..TURNS {
                let before = cpu()?;
                for _ in 0..PASSES {
                    self.runtime.block_on(self.summary(&talk))?;
                }
                best = best.min(cpu()?.saturating_sub(before) / PASSES);
            }
        }
        let Answer { value, usage, .. } = summary;
        let points = value.key_points.into_iter().map(|it| (it.start.as_secs_f64(), it.text));
        Ok(Run {
            points: points.collect(),
            chapters: value.chapters.iter().map(|it| it.start.as_secs_f64()).collect(),
            usage,
            cpu: best,
        })
    }

    /// Notes on each segment, and one summary of them.
    async fn summary(&self, talk: &Talk<'_>) -> anyhow::Result<Answer<Summary>> {
        let mut notes = Vec::new();
        let mut spent = Usage::default();
        for (segment, chunks) in &talk.segments {
            let Answer { value, usage, .. } = self.notes(talk, segment, chunks).await?;
            notes.push(value);
            spent += usage;
        }
        let request = CombineRequest {
            video: &talk.document.video,
            notes: &notes,
            style: Style::Detailed,
            advanced: false,
            language: &talk.document.language,
            transcript_language: &talk.document.language,
            coverage: 1.0,
            deltas: Deltas::default(),
        };
        let mut answer = self.summarizer.combine(&request).await?;
        answer.usage += spent;
        Ok(answer)
    }

    async fn notes(
        &self,
        talk: &Talk<'_>,
        segment: &Segment,
        chunks: &[&[Cue]],
    ) -> anyhow::Result<Answer<SegmentNotes>> {
        let request = NotesRequest {
            video: &talk.document.video,
            segment,
            segments_total: talk.segments.len(),
            chunks,
            style: Style::Detailed,
            advanced: false,
            language: &talk.document.language,
            transcript_language: &talk.document.language,
            deltas: Deltas::default(),
        };
        Ok(self.summarizer.notes(&request).await?)
    }
}

/// A document in one form, cut into segments, and those into chunks.
struct Talk<'a> {
    document: &'a Document,
    segments: Vec<(Segment, Vec<&'a [Cue]>)>,
}

/// What this thread has taken of the CPU, as Linux counts it.
fn cpu() -> anyhow::Result<Duration> {
    // The count is brought up to date when the thread gives way.
    std::thread::yield_now();
    let text = fs::read_to_string("/proc/thread-self/schedstat")?;
    let Some(nanoseconds) = text.split(' ').next() else { bail!("the kernel says nothing") };
    Ok(Duration::from_nanos(nanoseconds.parse()?))
}
