//! The summariser: notes on a segment, and a summary of all notes.

mod packed;

use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use recap_core::ports::{
    Answer, CombineRequest, Deltas, Footage, NotesRequest, Pack, PackRequest, Summarizer,
    SummarizerError, Takes, WatchRequest, Watched, Watches,
};
use recap_core::summary::{SegmentNotes, Summary, Usage};
use recap_core::transcript::Cue;
use tokio::time::Instant;

use super::ask::{self, Asked, Problem};
use super::combine::{self, Gist};
use super::notes;
use super::prompt::Amendments;
use super::{Budget, Film, Generation, Model, pack, watch};
use crate::{chapters, tidy};

/// The summariser that asks a model.
pub(crate) struct Prompted<M> {
    model: M,
    bounds: Bounds,
    /// Segments that were found to fit into one answer: models think at different
    /// lengths.
    fits: AtomicUsize,
}

/// What a model can take and may use.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Of prompt and answer together.
    pub(crate) context_tokens: u32,
    /// Of an answer, thoughts included.
    pub(crate) max_output_tokens: u32,
    /// For notes or a summary, with all calls for them.
    pub(crate) call_timeout: Duration,
    /// The same for notes on a segment that is watched.
    pub(crate) watch_timeout: Duration,
}

impl Bounds {
    pub(super) fn prompt_tokens(self) -> usize {
        self.context_tokens.saturating_sub(self.max_output_tokens) as usize
    }
}

/// Raised with each change of the prompts that makes for other summaries.
const PROMPT_VERSION: u32 = 2;
/// Notes are not asked about in groups of fewer tokens.
const LEAST_ROOM: usize = 512;

impl<M: Model> Prompted<M> {
    pub(crate) fn new(model: M, bounds: Bounds) -> Self {
        Self { model, bounds, fits: AtomicUsize::new(pack::segments(bounds)) }
    }

    fn budget<'a>(&self, deltas: Deltas<'a>) -> Budget<'a> {
        Budget {
            deadline: Instant::now() + self.bounds.call_timeout,
            usage: Usage::default(),
            deltas,
        }
    }

    fn generation(&self, advanced: bool) -> Generation {
        Generation { max_output_tokens: self.bounds.max_output_tokens, advanced }
    }

    async fn notes_on(
        &self,
        request: &NotesRequest<'_>,
        chunks: &[&[Cue]],
        amendments: Amendments,
        budget: &mut Budget<'_>,
    ) -> Result<SegmentNotes, Problem> {
        let tokens = self.bounds.max_output_tokens;
        let prompt = |amendments| notes::prompt(request, chunks, tokens, amendments);
        // What is estimated is rather too much, and a chunk cannot be halved.
        if chunks.len() > 1 && prompt(amendments).tokens() > self.bounds.prompt_tokens() {
            return Err(Problem::TooLong);
        }
        let parse = |answer: &str| notes::parse(request, answer);
        let generation = self.generation(request.advanced);
        let Asked { value, model } =
            ask::ask(&self.model, generation, budget, amendments, prompt, parse).await?;
        Ok(SegmentNotes { model, ..value })
    }

    /// Chunks that the model does not take at once are halved until it does. If even
    /// a short answer about them is cut, each half gets its own, once.
    async fn notes_in_parts(
        &self,
        request: &NotesRequest<'_>,
        budget: &mut Budget<'_>,
    ) -> Result<SegmentNotes, SummarizerError> {
        let mut notes: Option<SegmentNotes> = None;
        let mut parts = vec![(request.chunks, Amendments::default())];
        while let Some((chunks, amendments)) = parts.pop() {
            let shorter = match self.notes_on(request, chunks, amendments, budget).await {
                Ok(part) => {
                    notes = Some(match notes {
                        Some(before) => notes::merged(before, part),
                        None => part,
                    });
                    continue;
                }
                Err(Problem::Cut) if chunks.len() > 1 && !amendments.shorter => true,
                Err(Problem::TooLong) if chunks.len() > 1 => amendments.shorter,
                Err(problem) => return Err(problem.into()),
            };
            let (first, second) = chunks.split_at(chunks.len() / 2);
            let amendments = Amendments { shorter, ..Amendments::default() };
            parts.extend([(second, amendments), (first, amendments)]);
        }
        Ok(notes.expect("there is a first part, and each becomes notes or ends this"))
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
        let tokens = self.bounds.max_output_tokens;
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
    ) -> Result<Asked<Gist>, Problem> {
        let prompt = |amendments| combine::prompt(request, notes, amendments);
        let parse = |answer: &str| combine::parse(request, notes, answer);
        let amendments = Amendments::default();
        let generation = self.generation(request.advanced);
        ask::ask(&self.model, generation, budget, amendments, prompt, parse).await
    }

    /// Condenses group by group until what is left fits into one question. Where
    /// the model takes less than it should, the groups are made smaller.
    async fn gist_of_all(
        &self,
        request: &CombineRequest<'_>,
        mut notes: Vec<SegmentNotes>,
        budget: &mut Budget<'_>,
    ) -> Result<Asked<Gist>, SummarizerError> {
        let frame = combine::prompt(request, &[], Amendments::default()).tokens();
        let mut room = self.bounds.prompt_tokens().saturating_sub(frame);
        loop {
            let groups = combine::groups(&notes, room);
            let gist = if groups.len() == 1 {
                self.gist(request, &notes, budget).await.map(Some)
            } else {
                // What is condensed is no part of the summary.
                let deltas = budget.deltas;
                budget.deltas = deltas.silently();
                let condensed = self.condensed(request, &groups, budget).await;
                budget.deltas = deltas;
                condensed.map(|it| {
                    notes = it;
                    None
                })
            };
            match gist {
                Ok(Some(gist)) => return Ok(gist),
                Ok(None) => {}
                Err(Problem::TooLong) if room > LEAST_ROOM => room /= 2,
                Err(problem) => return Err(problem.into()),
            }
        }
    }

    async fn condensed(
        &self,
        request: &CombineRequest<'_>,
        groups: &[&[SegmentNotes]],
        budget: &mut Budget<'_>,
    ) -> Result<Vec<SegmentNotes>, Problem> {
        let mut condensed = Vec::with_capacity(groups.len());
        for group in groups {
            let gist = self.gist(request, group, budget).await?.value;
            condensed.extend(combine::condensed(group, gist));
        }
        Ok(condensed)
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
        let value = in_time(deadline, self.notes_in_parts(request, &mut budget)).await;
        paid(value, &budget)
    }

    fn takes(&self) -> Takes {
        let segments = self.fits.load(Ordering::Relaxed);
        Takes { segments, tokens: pack::tokens(self.bounds) }
    }

    async fn pack(&self, request: &PackRequest<'_>) -> Result<Answer<Pack>, SummarizerError> {
        let mut budget = self.budget(request.deltas);
        let deadline = budget.deadline;
        let value = in_time(deadline, self.packed(request, &mut budget)).await;
        paid(value, &budget)
    }

    fn watches(&self) -> Watches {
        self.model.watches()
    }

    async fn watch(&self, request: &WatchRequest<'_>) -> Result<Answer<Watched>, SummarizerError> {
        let mut budget = self.budget(request.deltas);
        budget.deadline = Instant::now() + self.bounds.watch_timeout;
        let deadline = budget.deadline;
        let value = in_time(deadline, self.watched(request, &mut budget)).await;
        paid(value, &budget)
    }

    async fn combine(
        &self,
        request: &CombineRequest<'_>,
    ) -> Result<Answer<Summary>, SummarizerError> {
        let told: Vec<SegmentNotes> =
            request.notes.iter().filter(|it| chapters::tells(it)).cloned().collect();
        let mut budget = self.budget(request.deltas);
        let deadline = budget.deadline;
        let gist = match told.as_slice() {
            [] => return Err(SummarizerError::Blocked),
            [only] => Ok(alone(request, only)),
            _ => in_time(deadline, self.gist_of_all(request, told, &mut budget)).await,
        };
        let answer = paid(gist, &budget)?;
        let Asked { value, model } = answer.value;
        let value = finished(request, value, model);
        Ok(Answer { value, usage: answer.usage, warnings: answer.warnings })
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

/// With what it cost; what came of nothing is counted as well.
fn paid<T>(
    value: Result<T, SummarizerError>,
    budget: &Budget<'_>,
) -> Result<Answer<T>, SummarizerError> {
    let usage = budget.usage;
    match value {
        Ok(value) => Ok(Answer { value, usage, warnings: Vec::new() }),
        Err(error) => {
            budget.deltas.waste(usage);
            Err(error)
        }
    }
}

async fn in_time<T>(
    deadline: Instant,
    work: impl Future<Output = Result<T, SummarizerError>>,
) -> Result<T, SummarizerError> {
    let done = tokio::time::timeout_at(deadline, work).await;
    done.unwrap_or_else(|elapsed| Err(SummarizerError::Transient(elapsed.into())))
}
