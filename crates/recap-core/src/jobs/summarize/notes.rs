//! Notes on the segments, few by few, each kept as it is finished.

use std::sync::atomic::Ordering;

use tracing::{info, warn};

use super::telling::Telling;
use crate::job::Stage;
use crate::jobs::error::JobError;
use crate::jobs::run::Run;
use crate::load::Luxury;
use crate::ports::{Answer, Deltas, NotesRequest, Pack, PackRequest, Part, SummarizerError};
use crate::segment::{Segment, chunk, questions};
use crate::summary::{NotesStatus, SegmentNotes, Summary};
use crate::transcript::{Cue, Transcript};
use crate::video::VideoMetadata;

/// Marks a result that the extractive summariser made in place of another.
pub(super) const FALLBACK: &str = "extractive_fallback";
/// Marks a result that lacks parts which the summariser refused.
const BLOCKED: &str = "segments_blocked";

/// Takes notes on the segments that have none yet, in as few questions as the
/// summariser allows. With the last of them may come the summary of the whole.
pub(super) async fn all(
    run: &mut Run<'_>,
    video: &VideoMetadata,
    transcript: &Transcript,
    segments: &[Segment],
) -> Result<(Vec<SegmentNotes>, Option<Summary>), JobError> {
    let (cx, id) = (run.cx, run.job.id);
    let began = cx.now();
    let mut kept = cx.insist(|| cx.store.list_notes(id)).await?;
    // Notes of another cut (the settings changed between) are of no use.
    kept.retain(|it| segments.iter().any(|segment| covers(it, segment)));
    run.job.progress.segments_total = count(segments.len());
    run.job.progress.segments_done = count(kept.len());
    run.pass_to(Stage::Summarizing);
    if kept.iter().any(|it| it.status == NotesStatus::Blocked) {
        blocked(run);
    }
    let missing = |it: &&Segment| kept.iter().all(|kept| kept.index != it.index);
    let (silent, mut spoken): (Vec<&Segment>, Vec<&Segment>) =
        segments.iter().filter(missing).partition(|it| it.cues.is_empty());
    for segment in silent {
        let notes = empty(segment, NotesStatus::Done);
        run.note(notes.clone());
        kept.push(notes);
    }
    let mut summary = None;
    while !spoken.is_empty() {
        let calls = run.job.usage.calls;
        // Anew each time: it may take fewer than it did.
        let takes = cx.summarizer.takes();
        let groups = questions(&spoken, &transcript.cues, takes.segments, takes.tokens);
        let group = &spoken[groups[0].clone()];
        let asked = Asked { video, transcript, segments: group, total: segments.len() };
        let others = (kept.len() + group.len() == segments.len()).then_some(&*kept);
        let notes = match together(run, asked, others).await {
            Ok((notes, whole)) => {
                summary = whole;
                notes
            }
            // The next attempt begins where this one stopped.
            Err(error) => return run.put_notes().await.and(Err(error)),
        };
        // It got further: what went wrong before is made good for.
        run.job.attempts = 0;
        for notes in notes {
            info!(
                segment.index = notes.index,
                segments.total = segments.len(),
                "segment summarised"
            );
            run.note(notes.clone());
            kept.push(notes);
        }
        kept.sort_by_key(|it| it.index);
        let left = spoken.len();
        spoken.retain(|it| kept.iter().all(|kept| kept.index != it.index));
        if spoken.len() == left {
            return Err(SummarizerError::InvalidAnswer.into());
        }
        // What was made in a moment, and for nothing, waits for more of it.
        let free = run.job.degraded.is_none() && run.job.usage.calls == calls;
        if !free || run.is_due() {
            run.save().await?;
        }
    }
    run.put_notes().await?;
    run.took(Stage::Summarizing, began);
    Ok((kept, summary))
}

/// Segments that are asked about at once.
#[derive(Clone, Copy)]
struct Asked<'a> {
    video: &'a VideoMetadata,
    transcript: &'a Transcript,
    segments: &'a [&'a Segment],
    /// Segments of the video in all.
    total: usize,
}

/// Notes on some segments; with `others`, which are the notes on all that remain,
/// the summary of the whole comes along if the summariser can fold it in.
async fn together(
    run: &mut Run<'_>,
    asked: Asked<'_>,
    others: Option<&[SegmentNotes]>,
) -> Result<(Vec<SegmentNotes>, Option<Summary>), JobError> {
    let packs = run.cx.summarizer.takes().segments > 1;
    let alone = asked.segments.len() == 1 && (others.is_none() || asked.total == 1);
    if !packs || alone {
        let mut notes = Vec::with_capacity(asked.segments.len());
        for segment in asked.segments {
            notes.push(one(run, asked.video, asked.transcript, segment, asked.total).await?);
        }
        return Ok((notes, None));
    }
    let chunks: Vec<Vec<&[Cue]>> =
        asked.segments.iter().map(|it| chunks(run, asked.transcript, it)).collect();
    let parts = asked.segments.iter().zip(&chunks);
    let parts: Vec<Part<'_>> = parts.map(|(segment, chunks)| Part { segment, chunks }).collect();
    let advanced = advanced(run);
    let language = language(run, asked.transcript);
    let first = asked.segments.first().map(|it| it.index);
    let telling = Telling::new(run, first);
    let written = |text: &str| telling.add(text);
    let wasted = |usage| telling.waste(usage);
    let request = PackRequest {
        video: asked.video,
        parts: &parts,
        segments_total: asked.total,
        others,
        style: run.job.input.style,
        advanced,
        language: &language,
        transcript_language: &asked.transcript.language,
        deltas: Deltas::to(&written).counting(&wasted),
    };
    let cx = run.cx;
    let answer = run.during(telling.during(cx.summarizer.pack(&request))).await?;
    telling.count(run);
    match answer {
        Ok(answer) => {
            let Pack { notes, summary } = take(run, answer);
            if notes.iter().any(|it| it.status == NotesStatus::Blocked) {
                blocked(run);
            }
            Ok((notes, summary))
        }
        Err(error) => {
            let Some(fallback) = fallback(run, &error) else { return Err(error.into()) };
            warn!(%error, "the extractive summariser takes over");
            let answer = run.during(telling.during(fallback.pack(&request))).await??;
            degrade(run);
            Ok((take(run, answer).notes, None))
        }
    }
}

fn chunks<'a>(run: &Run<'_>, transcript: &'a Transcript, segment: &Segment) -> Vec<&'a [Cue]> {
    let cues = &transcript.cues[segment.cues.clone()];
    chunk(cues, run.cx.policy.chunk_tokens).into_iter().map(|it| &cues[it]).collect()
}

/// Of the notes.
fn language(run: &Run<'_>, transcript: &Transcript) -> String {
    run.job.input.language.clone().unwrap_or_else(|| transcript.language.clone())
}

fn covers(notes: &SegmentNotes, segment: &Segment) -> bool {
    (notes.index, notes.start, notes.end) == (segment.index, segment.start, segment.end)
}

async fn one(
    run: &mut Run<'_>,
    video: &VideoMetadata,
    transcript: &Transcript,
    segment: &Segment,
    segments_total: usize,
) -> Result<SegmentNotes, JobError> {
    let chunks = chunks(run, transcript, segment);
    let advanced = advanced(run);
    let language = language(run, transcript);
    let telling = Telling::new(run, Some(segment.index));
    let written = |text: &str| telling.add(text);
    let wasted = |usage| telling.waste(usage);
    let request = NotesRequest {
        video,
        segment,
        segments_total,
        chunks: &chunks,
        style: run.job.input.style,
        advanced,
        language: &language,
        transcript_language: &transcript.language,
        deltas: Deltas::to(&written).counting(&wasted),
    };
    let cx = run.cx;
    let answer = run.during(telling.during(cx.summarizer.notes(&request))).await?;
    telling.count(run);
    match answer {
        Ok(answer) => Ok(take(run, answer)),
        Err(SummarizerError::Blocked) => {
            warn!(segment.index, "the summariser refused a segment");
            blocked(run);
            Ok(empty(segment, NotesStatus::Blocked))
        }
        Err(error) => match fallback(run, &error) {
            Some(fallback) => {
                warn!(%error, segment.index, "the extractive summariser takes over");
                let answer = run.during(telling.during(fallback.notes(&request))).await??;
                degrade(run);
                Ok(take(run, answer))
            }
            None => Err(error.into()),
        },
    }
}

/// Whether the summariser is to think longer: if that is wanted, and there is the
/// memory for it.
pub(super) fn advanced(run: &mut Run<'_>) -> bool {
    let wanted = run.cx.advanced.load(Ordering::Relaxed);
    let short = run.cx.load.is_off(Luxury::AdvancedSummaries);
    if wanted && short {
        run.job.warn("Memory is short, so the summary was not thought about longer.");
    }
    wanted && !short
}

/// The summariser that takes over, if this is the last attempt and the
/// provider is at fault in passing, or if the provider is left alone because
/// of others' failures.
pub(super) fn fallback(
    run: &Run<'_>,
    error: &SummarizerError,
) -> Option<std::sync::Arc<dyn crate::ports::Summarizer>> {
    let resting = matches!(error, SummarizerError::Resting { .. });
    let passing = matches!(error, SummarizerError::Transient(_) | SummarizerError::InvalidAnswer);
    let last = run.cx.policy.retry.is_last(run.job.attempts);
    if resting || passing && last { run.cx.fallback.clone() } else { None }
}

/// A part of the video is left out.
pub(super) fn blocked(run: &mut Run<'_>) {
    run.job.degraded = Some(BLOCKED.to_owned());
    run.job.warn("Parts of the video were refused by the summariser and are left out.");
}

pub(super) fn degrade(run: &mut Run<'_>) {
    run.job.degraded = Some(FALLBACK.to_owned());
    run.job.warn("The summariser did not answer; sentences of the transcript were chosen instead.");
}

/// Counts what an answer cost and passes its value on.
pub(super) fn take<T>(run: &mut Run<'_>, answer: Answer<T>) -> T {
    run.job.usage += answer.usage;
    for warning in answer.warnings {
        run.job.warn(warning);
    }
    answer.value
}

pub(super) fn empty(segment: &Segment, status: NotesStatus) -> SegmentNotes {
    SegmentNotes {
        index: segment.index,
        start: segment.start,
        end: segment.end,
        title: segment.chapter.clone().unwrap_or_default(),
        summary: String::new(),
        points: Vec::new(),
        status,
        model: String::new(),
    }
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
