//! Steps that several jobs take.

use std::time::Duration;

use tracing::info;

use super::error::JobError;
use super::ladder::{self, Found};
use super::resume;
use super::run::Run;
use crate::error::{ErrorCode, Failure};
use crate::job::{ChildUsage, OwnTranscript, Stage, TimeRange, TranscriptInfo};
use crate::transcript::{Transcript, TranscriptSource};
use crate::video::VideoMetadata;

/// What a job has to read.
pub(super) enum Reading {
    /// What is said.
    Text(Transcript),
    /// The video itself, segment by segment.
    Watched(TranscriptSource),
}

/// What there is to read, and what is known of the video: as kept by an earlier
/// attempt or the job that this one does again, as the client sent it, else fetched
/// and kept. Of a range, only what is said in it.
pub(super) async fn reading(run: &mut Run<'_>) -> Result<(VideoMetadata, Reading), JobError> {
    resume::adopt(run).await?;
    let (cx, lease, id) = (run.cx, run.lease, run.job.id);
    if let Some(transcript) = cx.insist(|| cx.store.find_transcript(id)).await? {
        if let Some(video) = run.job.video.clone() {
            return Ok((video, Reading::Text(transcript)));
        }
        if let Some(own) = run.job.input.transcript.clone() {
            let (video, transcript) = sent(run, own, transcript);
            return Ok((video, Reading::Text(transcript)));
        }
    }
    if let (Some(video), Some(info)) = (&run.job.video, &run.job.transcript)
        && can_watch(run, info.source)
    {
        return Ok((video.clone(), Reading::Watched(info.source)));
    }
    let Some(video) = run.job.input.video_id else {
        return Err(JobError::fail(ErrorCode::TranscriptUnreadable));
    };
    run.enter(Stage::Fetching).await?;
    let began = run.cx.now();
    let found = ladder::climb(run, video).await?;
    run.took(Stage::Fetching, began);
    let mut captions = match found {
        Found::Captions(captions) => *captions,
        Found::Watched { video, source } => return Ok((*video, Reading::Watched(source))),
    };
    check_length(run, &captions.video)?;
    if let Some(range) = run.job.input.range {
        captions.transcript = said_in(captions.transcript, range)?;
    }
    info!(
        video.id = %video,
        transcript.source = %captions.transcript.source,
        transcript.cues = captions.transcript.cues.len(),
        "transcript fetched"
    );
    if !cx.insist(|| cx.store.put_transcript(lease, &captions.transcript)).await? {
        return Err(JobError::Lost);
    }
    run.job.transcript = Some(describe(run, &captions.video, &captions.transcript));
    run.job.video = Some(captions.video.clone());
    add(run.job.child.get_or_insert_default(), captions.child);
    run.save().await?;
    Ok((captions.video, Reading::Text(captions.transcript)))
}

/// Whether this worker reads videos in that way.
fn can_watch(run: &Run<'_>, source: TranscriptSource) -> bool {
    let watches = run.cx.summarizer.watches();
    match source {
        TranscriptSource::Video => watches.video,
        TranscriptSource::Audio => watches.sound && run.cx.media.records(),
        _ => false,
    }
}

/// The client's own transcript, which is kept already.
fn sent(
    run: &mut Run<'_>,
    own: OwnTranscript,
    transcript: Transcript,
) -> (VideoMetadata, Transcript) {
    let video = VideoMetadata {
        id: run.job.input.video_id,
        title: own.title.unwrap_or_default(),
        channel: None,
        duration: Some(transcript.end()),
        language: Some(transcript.language.clone()),
        published: None,
        chapters: Vec::new(),
        thumbnail: None,
    };
    if own.estimated {
        run.job.warn("The transcript has no times; they are estimated from the number of words.");
    }
    run.job.transcript = Some(describe(run, &video, &transcript));
    // All of it follows from what was sent, so it is written with what comes of it.
    run.job.video = Some(video.clone());
    (video, transcript)
}

/// What is said in `range`, each cue whole.
fn said_in(mut transcript: Transcript, range: TimeRange) -> Result<Transcript, JobError> {
    let end = range.end.unwrap_or(Duration::MAX);
    transcript.cues.retain(|it| it.start < end && it.end > range.start);
    if transcript.cues.is_empty() {
        let detail = "nobody speaks in the range that was asked for";
        return Err(JobError::Fail(Failure::new(ErrorCode::NoCaptions, detail)));
    }
    Ok(transcript)
}

pub(super) fn check_length(run: &Run<'_>, video: &VideoMetadata) -> Result<(), JobError> {
    let limit = run.cx.policy.max_video;
    if video.duration.is_some_and(|it| it > limit) {
        let detail = format!("the limit is {} hours", limit.as_secs() / 3600);
        return Err(JobError::Fail(Failure::new(ErrorCode::VideoTooLong, detail)));
    }
    Ok(())
}

/// How much of what was asked for the transcript covers.
fn describe(run: &Run<'_>, video: &VideoMetadata, transcript: &Transcript) -> TranscriptInfo {
    let start = run.job.input.range.map_or(Duration::ZERO, |it| it.start);
    let end = run.job.input.range.and_then(|it| it.end).or(video.duration);
    let end = end.map(|end| video.duration.map_or(end, |it| end.min(it)));
    let covered = transcript.end().saturating_sub(start).as_secs_f64();
    let coverage = match end.map(|it| it.saturating_sub(start)) {
        Some(asked) if !asked.is_zero() => (covered / asked.as_secs_f64()).min(1.0),
        _ => 1.0,
    };
    TranscriptInfo { source: transcript.source, language: transcript.language.clone(), coverage }
}

/// Attempts add up; the peak is the highest of them.
pub(super) fn add(total: &mut ChildUsage, used: ChildUsage) {
    total.cpu_ms += used.cpu_ms;
    total.wall_ms += used.wall_ms;
    total.peak_memory_bytes = total.peak_memory_bytes.max(used.peak_memory_bytes);
}
