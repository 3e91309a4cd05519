//! Several segments in one question, and in fewer where that does not work out.

use std::sync::atomic::Ordering;

use recap_core::ports::{CombineRequest, Pack, PackRequest, Part, SummarizerError};
use recap_core::summary::{NotesStatus, SegmentNotes, Summary};

use super::{Prompted, finished};
use crate::chapters;
use crate::model::ask::{self, Asked, Problem};
use crate::model::prompt::Amendments;
use crate::model::{Budget, Model, pack};

impl<M: Model> Prompted<M> {
    /// What cannot be had together is asked about in halves; a segment that is refused
    /// has no more than its place.
    pub(super) async fn packed(
        &self,
        request: &PackRequest<'_>,
        budget: &mut Budget<'_>,
    ) -> Result<Pack, SummarizerError> {
        let (mut notes, mut summary) = (Vec::new(), None);
        let mut left = vec![(request.parts, request.others.is_some())];
        while let Some((parts, is_last)) = left.pop() {
            let others = request.others.map(|it| pack::in_order(it, &notes));
            let others = others.filter(|it| is_last && pack::fit(it));
            match self.pack_once(request, parts, others.as_deref(), budget).await {
                Ok((found, whole)) => {
                    notes.extend(found);
                    summary = whole;
                }
                // What is known is not lost; the rest is asked for by itself.
                Err(problem) if !problem.is_of_this_question() => {
                    return partial(notes, problem.into());
                }
                Err(problem) if parts.len() > 1 => {
                    if matches!(problem, Problem::Cut) {
                        self.fits.fetch_min(parts.len() / 2, Ordering::Relaxed);
                    }
                    let (first, second) = parts.split_at(parts.len() / 2);
                    left.extend([(second, is_last), (first, false)]);
                }
                Err(_) => match self.notes_or_place(request, &parts[0], budget).await {
                    Ok(found) => notes.push(found),
                    Err(error) => return partial(notes, error),
                },
            }
        }
        Ok(Pack { notes, summary })
    }

    async fn pack_once(
        &self,
        request: &PackRequest<'_>,
        parts: &[Part<'_>],
        others: Option<&[SegmentNotes]>,
        budget: &mut Budget<'_>,
    ) -> Result<(Vec<SegmentNotes>, Option<Summary>), Problem> {
        let tokens = self.bounds.max_output_tokens;
        let prompt = |amendments| pack::prompt(request, parts, others, tokens, amendments);
        let is_divisible = parts.len() > 1 || others.is_some();
        if is_divisible && prompt(Amendments::default()).tokens() > self.bounds.prompt_tokens() {
            return Err(Problem::TooLong);
        }
        let parse = |answer: &str| pack::parse(request, parts, others, answer);
        let (generation, amendments) = (self.generation(request.advanced), Amendments::default());
        let Asked { value: (notes, gist), model } =
            ask::ask(&self.model, generation, budget, amendments, prompt, parse).await?;
        let notes: Vec<SegmentNotes> =
            notes.into_iter().map(|it| SegmentNotes { model: model.clone(), ..it }).collect();
        let summary = gist.map(|gist| {
            let all = pack::in_order(others.unwrap_or_default(), &notes);
            finished(&combining(request, &all), gist, model)
        });
        Ok((notes, summary))
    }

    async fn notes_or_place(
        &self,
        request: &PackRequest<'_>,
        part: &Part<'_>,
        budget: &mut Budget<'_>,
    ) -> Result<SegmentNotes, SummarizerError> {
        let alone = request.alone(part);
        match self.notes_in_parts(&alone, budget).await {
            Err(SummarizerError::Blocked) => Ok(SegmentNotes {
                status: NotesStatus::Blocked,
                ..chapters::silent(&alone, self.model.name())
            }),
            done => done,
        }
    }
}

/// What there is, if there is any.
fn partial(notes: Vec<SegmentNotes>, error: SummarizerError) -> Result<Pack, SummarizerError> {
    if notes.is_empty() { Err(error) } else { Ok(Pack { notes, summary: None }) }
}

/// The same as a question about all notes.
fn combining<'a>(request: &PackRequest<'a>, notes: &'a [SegmentNotes]) -> CombineRequest<'a> {
    CombineRequest {
        video: request.video,
        notes,
        style: request.style,
        advanced: request.advanced,
        language: request.language,
        transcript_language: request.transcript_language,
        coverage: 1.0,
        deltas: request.deltas,
    }
}
