//! A video of which there is no text: the summariser watches each segment, or
//! listens to it, and each one's notes are kept as they are finished.

use std::time::Duration;

use tracing::{info, warn};

use super::notes::{advanced, blocked, empty, take};
use super::telling::Telling;
use crate::error::ErrorCode;
use crate::job::{Stage, TranscriptInfo};
use crate::jobs::error::JobError;
use crate::jobs::run::Run;
use crate::jobs::{ladder, steps};
use crate::ports::{Deltas, Footage, MediaError, SummarizerError, WatchRequest, Watched};
use crate::segment::{self, Segment};
use crate::summary::{NotesStatus, SegmentNotes};
use crate::transcript::TranscriptSource;
use crate::video::VideoMetadata;

/// BCP-47 of a language that nobody knows.
const UNDETERMINED: &str = "und";
/// Marks a result of a video whose end nobody saw.
const END_UNKNOWN: &str = "end_unknown";

/// Why a segment has no notes.
pub(in crate::jobs) enum Refused {
    /// What is heard in it cannot be had.
    Media(MediaError),
    Summarizer(SummarizerError),
    Job(JobError),
}

impl From<Refused> for JobError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Media(error) => error.into(),
            Refused::Summarizer(error) => error.into(),
            Refused::Job(error) => error,
        }
    }
}

impl From<JobError> for Refused {
    fn from(error: JobError) -> Self {
        Self::Job(error)
    }
}

/// The segments of a video without text, one after another: where its length is
/// not known there is always a next one, up to the longest video that is accepted.
struct Reel {
    /// If the length is known.
    planned: Option<Vec<Segment>>,
    start: Duration,
    end: Duration,
    each: Duration,
}

impl Reel {
    fn of(run: &Run<'_>, video: &VideoMetadata) -> Self {
        let (policy, range) = (&run.cx.policy, run.job.input.range);
        let start = range.map_or(Duration::ZERO, |it| it.start);
        let end = range.and_then(|it| it.end);
        let planned = video.duration.map(|duration| {
            let whole = segment::plan(&[], duration, &video.chapters, policy.segment);
            segment::within(whole, start, end)
        });
        let end = end.unwrap_or(policy.max_video);
        Self { planned, start, end, each: policy.segment }
    }

    fn get(&self, index: u32) -> Option<Segment> {
        if let Some(planned) = &self.planned {
            return planned.get(index as usize).cloned();
        }
        let start = self.start + self.each * index;
        let end = self.end.min(start + self.each);
        (start < end).then_some(Segment { index, start, end, chapter: None, cues: 0..0 })
    }

    /// Whether the notes are on this segment. Of a video of unknown length the last
    /// ones end with it.
    fn is_of(&self, notes: &SegmentNotes, segment: &Segment) -> bool {
        let here = (notes.index, notes.start) == (segment.index, segment.start);
        let whole = notes.end == segment.end;
        here && (whole || self.planned.is_none() && notes.end < segment.end)
    }

    /// How many there are, if that is known, and else at least.
    fn total(&self, at_least: u32) -> u32 {
        let planned = self.planned.as_ref().map(Vec::len);
        planned.and_then(|it| u32::try_from(it).ok()).unwrap_or(at_least)
    }
}

/// Takes notes on the first segment, unless there are some; then the job says what
/// it is read from.
pub(in crate::jobs) async fn first(
    run: &mut Run<'_>,
    video: &VideoMetadata,
    source: TranscriptSource,
) -> Result<(), Refused> {
    steps::check_length(run, video)?;
    let Some(segment) = Reel::of(run, video).get(0) else {
        return Err(JobError::fail(ErrorCode::NoCaptions).into());
    };
    let (notes, language) = match one(run, video, &segment, source).await {
        Ok(watched) => (notes_of(&watched, &segment), watched.language),
        // It may well be the only part of the video that is.
        Err(Refused::Summarizer(SummarizerError::Blocked)) => (left_out(run, &segment), None),
        Err(refused) => return Err(refused),
    };
    let language = language.or_else(|| video.language.clone());
    run.job.transcript = Some(TranscriptInfo {
        source,
        language: language.unwrap_or_else(|| UNDETERMINED.to_owned()),
        coverage: 0.0,
    });
    run.job.video = Some(video.clone());
    run.note(notes);
    Ok(run.save().await?)
}

/// Notes on all segments, and the segments that there turned out to be.
pub(super) async fn all(
    run: &mut Run<'_>,
    video: &VideoMetadata,
    source: TranscriptSource,
) -> Result<Vec<SegmentNotes>, JobError> {
    let (cx, id) = (run.cx, run.job.id);
    let began = cx.now();
    let reel = Reel::of(run, video);
    let kept = cx.insist(|| cx.store.list_notes(id)).await?;
    run.pass_to(Stage::Summarizing);
    let mut notes: Vec<SegmentNotes> = Vec::new();
    let mut unread = 0;
    for index in 0.. {
        let Some(segment) = reel.get(index) else { break };
        let known = kept.iter().find(|it| reel.is_of(it, &segment));
        let told = match known {
            Some(known) => {
                if known.status == NotesStatus::Blocked {
                    blocked(run);
                }
                known.clone()
            }
            None => match next(run, video, &segment, source).await? {
                Next::Unreadable if reel.planned.is_none() && !notes.is_empty() => {
                    run.job.degraded = Some(END_UNKNOWN.to_owned());
                    run.job.warn("The video is taken to end where it could be read no more.");
                    break;
                }
                Next::Unreadable => {
                    unread += 1;
                    left_out(run, &segment)
                }
                Next::Notes(notes) => notes,
            },
        };
        if known.is_none() {
            // It got further: what went wrong before is made good for.
            run.job.attempts = 0;
            run.note(told.clone());
        }
        let ends = reel.planned.is_none() && told.end < segment.end;
        if told.start < told.end {
            notes.push(told);
        }
        let done = u32::try_from(notes.len()).unwrap_or(u32::MAX);
        run.job.progress.segments_done = done;
        run.job.progress.segments_total = reel.total(done + u32::from(!ends));
        if known.is_none() {
            info!(segment.index, "segment watched");
            run.save().await?;
        }
        if ends {
            break;
        }
    }
    run.took(Stage::Summarizing, began);
    // It is not the segments then, but the right to read them.
    if unread * 2 > notes.len() {
        return Err(JobError::fail(ErrorCode::SummarizerUnreadable));
    }
    Ok(notes)
}

/// What comes of the next segment.
enum Next {
    Notes(SegmentNotes),
    /// It cannot be read: be it the segment, or that the video is over.
    Unreadable,
}

async fn next(
    run: &mut Run<'_>,
    video: &VideoMetadata,
    segment: &Segment,
    source: TranscriptSource,
) -> Result<Next, JobError> {
    match one(run, video, segment, source).await {
        Ok(watched) => Ok(Next::Notes(notes_of(&watched, segment))),
        Err(Refused::Summarizer(SummarizerError::Blocked)) => {
            Ok(Next::Notes(left_out(run, segment)))
        }
        Err(
            Refused::Summarizer(SummarizerError::Unreadable)
            | Refused::Media(MediaError::Permanent(_)),
        ) => Ok(Next::Unreadable),
        Err(refused) => Err(refused.into()),
    }
}

async fn one(
    run: &mut Run<'_>,
    video: &VideoMetadata,
    segment: &Segment,
    source: TranscriptSource,
) -> Result<Watched, Refused> {
    let Some(id) = video.id else {
        return Err(Refused::Summarizer(SummarizerError::Unreadable));
    };
    let recording = match source {
        TranscriptSource::Audio => {
            let heard = ladder::recording(run, id, segment).await.map_err(Refused::Media)?;
            steps::add(run.job.child.get_or_insert_default(), heard.child);
            Some(heard)
        }
        _ => None,
    };
    let footage = recording.as_ref().map_or(Footage::Video(id), Footage::Sound);
    let advanced = advanced(run);
    let telling = Telling::new(run, Some(segment.index));
    let written = |text: &str| telling.add(text);
    let wasted = |usage| telling.waste(usage);
    let (style, language) = (run.job.input.style, run.job.input.language.clone());
    let request = WatchRequest {
        video,
        segment,
        footage,
        style,
        advanced,
        language: language.as_deref(),
        deltas: Deltas::to(&written).counting(&wasted),
    };
    let cx = run.cx;
    let answer = run.during(telling.during(cx.summarizer.watch(&request))).await?;
    telling.count(run);
    Ok(take(run, answer.map_err(Refused::Summarizer)?))
}

/// A segment that the summariser refused.
fn left_out(run: &mut Run<'_>, segment: &Segment) -> SegmentNotes {
    warn!(segment.index, "a segment is left out");
    blocked(run);
    empty(segment, NotesStatus::Blocked)
}

/// The notes, which end where the video does.
fn notes_of(watched: &Watched, segment: &Segment) -> SegmentNotes {
    let end = watched.ends_at.unwrap_or(segment.end).clamp(segment.start, segment.end);
    SegmentNotes { end, ..watched.notes.clone() }
}
