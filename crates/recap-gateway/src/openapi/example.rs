//! The job that the document shows, made by the code that makes real ones.

use std::time::Duration;

use jiff::Timestamp;
use recap_core::job::{
    CacheMode, ChildUsage, JobInput, Owner, Priority, Stage, StageTime, TranscriptInfo,
};
use recap_core::summary::{ChapterSummary, KeyPoint, Style, Summary, Usage};
use recap_core::transcript::TranscriptSource;
use recap_core::video::VideoMetadata;
use recap_core::{Job, JobKind, Status, VideoId};
use serde_json::Value;

use crate::body::{JobBody, JobItem, ResultBody};

/// A summary job that ended well.
pub(crate) fn job() -> Value {
    let job = succeeded_job();
    let (video_id, created_at) = (job.input.video_id, job.created_at);
    let item = JobItem::new(job, created_at, false);
    let result = ResultBody::new(summary(), video_id, None);
    serde_json::to_value(JobBody::new(item, Some(result))).expect("a job is plain data")
}

/// The document behind it.
pub(super) fn succeeded_job() -> Job {
    let created_at = "2026-01-01T12:00:00Z".parse().expect("a valid time");
    succeeded("dQw4w9WgXcQ".parse().expect("a valid id"), created_at)
}

fn succeeded(video_id: VideoId, created_at: Timestamp) -> Job {
    let input = JobInput {
        video_id: Some(video_id),
        transcript: None,
        batch: None,
        range: None,
        language: Some("en".to_owned()),
        style: Style::Brief,
        priority: Priority::Interactive,
        region: None,
        cache: CacheMode::Use,
    };
    let expires_at = created_at + Duration::from_hours(72);
    let mut job = Job::new(Owner::default(), JobKind::Summary, input, created_at, expires_at);
    job.id = "job_01JGFJJZ00000000000000000A".parse().expect("a valid id");
    job.status = Status::Succeeded;
    job.started_at = Some(created_at + Duration::from_secs(1));
    job.completed_at = Some(created_at + Duration::from_secs(6));
    job.video = Some(video(video_id));
    job.progress.stage = Stage::Done;
    (job.progress.segments_done, job.progress.segments_total) = (1, 1);
    let (source, language) = (TranscriptSource::CaptionsManual, "en".to_owned());
    job.transcript = Some(TranscriptInfo { source, language, coverage: 1.0 });
    job.usage = Usage { input_tokens: 1850, output_tokens: 240, calls: 2 };
    job.child = Some(ChildUsage { cpu_ms: 900, wall_ms: 1900, peak_memory_bytes: 68_000_000 });
    job.timings = vec![StageTime { stage: Stage::Fetching, milliseconds: 1950 }];
    job.revision = 6;
    job
}

fn video(id: VideoId) -> VideoMetadata {
    VideoMetadata {
        id: Some(id),
        title: "How bridges stand".to_owned(),
        channel: Some("A channel".to_owned()),
        duration: Some(Duration::from_mins(5)),
        language: Some("en".to_owned()),
        published: Some("2025-11-20".to_owned()),
        chapters: Vec::new(),
        thumbnail: None,
    }
}

fn summary() -> Summary {
    let text = "An arch turns load into pressure.".to_owned();
    Summary {
        title: "How bridges stand".to_owned(),
        tldr: "Bridges carry load by their shape.".to_owned(),
        key_points: vec![KeyPoint { start: Duration::from_secs(12), text }],
        chapters: vec![ChapterSummary {
            start: Duration::ZERO,
            end: Duration::from_mins(5),
            title: "Load".to_owned(),
            summary: "Beams bend, arches press, cables pull.".to_owned(),
        }],
        language: "en".to_owned(),
        style: Style::Brief,
        model: "extractive".to_owned(),
        coverage: 1.0,
    }
}
