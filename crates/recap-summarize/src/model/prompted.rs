//! The summariser: notes on a segment, and a summary of all notes.

use std::future::Future;
use std::time::Duration;

use async_trait::async_trait;
use recap_core::ports::{
    Answer, CombineRequest, Deltas, Footage, NotesRequest, Summarizer, SummarizerError,
    WatchRequest, Watched, Watches,
};
use recap_core::summary::{SegmentNotes, Summary, Usage};
use recap_core::transcript::Cue;
use tokio::time::Instant;

use super::ask::{self, Asked, Problem};
use super::combine::{self, Gist};
use super::notes;
use super::prompt::Amendments;
use super::{Budget, Film, Generation, Model, watch};
use crate::{chapters, tidy};

/// The summariser that asks a model.
pub(crate) struct Prompted<M> {
    model: M,
    max_output_tokens: u32,
    call_timeout: Duration,
    watch_timeout: Duration,
}

/// Raised with each change of the prompts that makes for other summaries.
const PROMPT_VERSION: u32 = 1;

impl<M: Model> Prompted<M> {
    /// Answers are at most `max_output_tokens` long, thoughts included; notes or
    /// a summary take at most `call_timeout`, with all calls for them.
    pub(crate) fn new(model: M, max_output_tokens: u32, call_timeout: Duration) -> Self {
        Self { model, max_output_tokens, call_timeout, watch_timeout: call_timeout }
    }

    /// Watching a segment may take this long.
    pub(crate) fn watching_for(mut self, watch_timeout: Duration) -> Self {
        self.watch_timeout = watch_timeout;
        self
    }

    fn budget<'a>(&self, deltas: Deltas<'a>) -> Budget<'a> {
        Budget { deadline: Instant::now() + self.call_timeout, usage: Usage::default(), deltas }
    }

    fn generation(&self, advanced: bool) -> Generation {
        Generation { max_output_tokens: self.max_output_tokens, advanced }
    }

    async fn notes_on(
        &self,
        request: &NotesRequest<'_>,
        chunks: &[&[Cue]],
        amendments: Amendments,
        budget: &mut Budget<'_>,
    ) -> Result<SegmentNotes, Problem> {
        let tokens = self.max_output_tokens;
        let prompt = |amendments| notes::prompt(request, chunks, tokens, amendments);
        let parse = |answer: &str| notes::parse(request, answer);
        let generation = self.generation(request.advanced);
        let Asked { value, model } =
            ask::ask(&self.model, generation, budget, amendments, prompt, parse).await?;
        Ok(SegmentNotes { model, ..value })
    }

    /// If even a short answer about all chunks is cut, each half gets its own.
    async fn notes_in_halves(
        &self,
        request: &NotesRequest<'_>,
        budget: &mut Budget<'_>,
    ) -> Result<SegmentNotes, SummarizerError> {
        let chunks = request.chunks;
        match self.notes_on(request, chunks, Amendments::default(), budget).await {
            Err(Problem::Cut) if chunks.len() > 1 => {}
            done => return Ok(done?),
        }
        let (first, second) = chunks.split_at(chunks.len() / 2);
        let shorter = Amendments { shorter: true, ..Amendments::default() };
        let first = self.notes_on(request, first, shorter, budget).await?;
        let second = self.notes_on(request, second, shorter, budget).await?;
        Ok(notes::merged(first, second))
    }

    async fn watched(
        &self,
        request: &WatchRequest<'_>,
        budget: &mut Budget<'_>,
    ) -> Result<Watched, SummarizerError> {
        let film = match request.footage {
            Footage::Video(video) => Film::Clip {
                url: video.watch_url(),
                start: request.segment.start,
                end: request.segment.end,
            },
            Footage::Sound(recording) => self.model.hand_over(recording, budget.deadline).await?,
        };
        let tokens = self.max_output_tokens;
        let prompt = |amendments| watch::prompt(request, film.clone(), tokens, amendments);
        let parse = |answer: &str| watch::parse(request, answer);
        let generation = self.generation(request.advanced);
        let amendments = Amendments::default();
        let Asked { value, model } =
            ask::ask(&self.model, generation, budget, amendments, prompt, parse).await?;
        Ok(Watched { notes: SegmentNotes { model, ..value.notes }, ..value })
    }

    async fn gist(
        &self,
        request: &CombineRequest<'_>,
        notes: &[SegmentNotes],
        budget: &mut Budget<'_>,
    ) -> Result<Asked<Gist>, SummarizerError> {
        let prompt = |amendments| combine::prompt(request, notes, amendments);
        let parse = |answer: &str| combine::parse(request.style, notes, answer);
        let amendments = Amendments::default();
        let generation = self.generation(request.advanced);
        Ok(ask::ask(&self.model, generation, budget, amendments, prompt, parse).await?)
    }

    /// Condenses group by group until what is left fits into one question.
    async fn gist_of_all(
        &self,
        request: &CombineRequest<'_>,
        mut notes: Vec<SegmentNotes>,
        budget: &mut Budget<'_>,
    ) -> Result<Asked<Gist>, SummarizerError> {
        loop {
            let groups = combine::groups(&notes);
            if groups.len() <= 1 {
                return self.gist(request, &notes, budget).await;
            }
            let mut condensed = Vec::with_capacity(groups.len());
            // What is condensed is no part of the summary.
            let deltas = std::mem::take(&mut budget.deltas);
            for group in groups {
                let gist = self.gist(request, group, budget).await?.value;
                condensed.extend(combine::condensed(group, gist));
            }
            budget.deltas = deltas;
            notes = condensed;
        }
    }
}

#[async_trait]
impl<M: Model> Summarizer for Prompted<M> {
    fn name(&self) -> &'static str {
        self.model.name()
    }

    fn version(&self) -> String {
        format!("{PROMPT_VERSION}/{}", self.model.version())
    }

    async fn notes(
        &self,
        request: &NotesRequest<'_>,
    ) -> Result<Answer<SegmentNotes>, SummarizerError> {
        if request.chunks.iter().all(|it| it.is_empty()) {
            let value = chapters::silent(request, self.name());
            return Ok(Answer { value, usage: Usage::default(), warnings: Vec::new() });
        }
        let mut budget = self.budget(request.deltas);
        let deadline = budget.deadline;
        let value = in_time(deadline, self.notes_in_halves(request, &mut budget)).await?;
        Ok(Answer { value, usage: budget.usage, warnings: Vec::new() })
    }

    fn watches(&self) -> Watches {
        self.model.watches()
    }

    async fn watch(&self, request: &WatchRequest<'_>) -> Result<Answer<Watched>, SummarizerError> {
        let mut budget = self.budget(request.deltas);
        budget.deadline = Instant::now() + self.watch_timeout;
        let deadline = budget.deadline;
        let value = in_time(deadline, self.watched(request, &mut budget)).await?;
        Ok(Answer { value, usage: budget.usage, warnings: Vec::new() })
    }

    async fn combine(
        &self,
        request: &CombineRequest<'_>,
    ) -> Result<Answer<Summary>, SummarizerError> {
        let told: Vec<SegmentNotes> =
            request.notes.iter().filter(|it| chapters::tells(it)).cloned().collect();
        let mut budget = self.budget(request.deltas);
        let deadline = budget.deadline;
        let Asked { value, model } = match told.as_slice() {
            [] => return Err(SummarizerError::Blocked),
            [only] => alone(request, only),
            _ => in_time(deadline, self.gist_of_all(request, told, &mut budget)).await?,
        };
        let value = finished(request, value, model);
        Ok(Answer { value, usage: budget.usage, warnings: Vec::new() })
    }
}

/// The notes on one segment are a gist already.
fn alone(request: &CombineRequest<'_>, notes: &SegmentNotes) -> Asked<Gist> {
    let points = tidy::evenly(notes.points.clone(), tidy::most_points(request.style));
    let value = Gist { title: notes.title.clone(), tldr: notes.summary.clone(), points };
    request.deltas.write(&format!("{}\n", value.tldr));
    Asked { value, model: notes.model.clone() }
}

fn finished(request: &CombineRequest<'_>, gist: Gist, model: String) -> Summary {
    Summary {
        title: tidy::title(&[&gist.title, &request.video.title], &gist.tldr),
        tldr: gist.tldr,
        key_points: gist.points,
        chapters: chapters::chapters(request.video, request.notes),
        language: request.language.to_owned(),
        style: request.style,
        model,
        coverage: request.coverage.clamp(0.0, 1.0),
    }
}

async fn in_time<T>(
    deadline: Instant,
    work: impl Future<Output = Result<T, SummarizerError>>,
) -> Result<T, SummarizerError> {
    let done = tokio::time::timeout_at(deadline, work).await;
    done.unwrap_or_else(|elapsed| Err(SummarizerError::Transient(elapsed.into())))
}
