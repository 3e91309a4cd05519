//! What event streams say.

use recap_core::summary::{KeyPoint, NotesStatus, SegmentNotes};
use recap_core::{Job, Status, VideoId};
use serde::Serialize;
use utoipa::ToSchema;

use super::outcome::ProgressBody;
use super::result::PointBody;

/// `progress`: a job has changed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProgressEvent {
    status: Status,
    progress: ProgressBody,
    /// Of the job.
    revision: u64,
}

/// `segment`: a part of the video has been summarised.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SegmentEvent {
    /// From 0.
    index: u32,
    /// In seconds.
    start: u64,
    /// In seconds.
    end: u64,
    title: String,
    /// Empty if nothing is said there, or if it is `blocked`.
    summary: String,
    /// In order of time.
    points: Vec<PointBody>,
    /// The summariser refused this part.
    blocked: bool,
}

/// `text`: more of a summary, as it is written. Comes again from the start if a
/// call is repeated.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TextEvent<'a> {
    /// Index of the segment; `null` for the summary of the whole.
    #[schema(required)]
    pub(crate) segment: Option<u32>,
    /// What is new of it.
    pub(crate) text: &'a str,
}

impl ProgressEvent {
    pub(crate) fn new(job: &Job, now: jiff::Timestamp) -> Self {
        let progress = ProgressBody::new(job, now);
        Self { status: job.status, progress, revision: job.revision }
    }
}

impl SegmentEvent {
    pub(crate) fn new(notes: &SegmentNotes, video: Option<VideoId>) -> Self {
        let point = |it: &KeyPoint| PointBody::new(it.clone(), video);
        Self {
            index: notes.index,
            start: notes.start.as_secs(),
            end: notes.end.as_secs(),
            title: notes.title.clone(),
            summary: notes.summary.clone(),
            points: notes.points.iter().map(point).collect(),
            blocked: notes.status == NotesStatus::Blocked,
        }
    }
}
