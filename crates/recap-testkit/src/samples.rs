//! Plausible values to build tests from: one video, what is said in it, and
//! the jobs about it; and those who are told of them.

use std::time::Duration;

use jiff::Timestamp;
use recap_core::job::{
    CacheMode, ChildUsage, JobInput, Owner, Priority, Stage, StageTime, TranscriptInfo,
};
use recap_core::key::{ApiKey, KeyRequest, NewKey, Scope, digest};
use recap_core::ports::{Captions, PlaylistItem};
use recap_core::summary::{ChapterSummary, KeyPoint, Style, Summary, Usage};
use recap_core::transcript::{Cue, Transcript, TranscriptSource};
use recap_core::video::{Chapter, VideoMetadata};
use recap_core::webhook::{
    self, Delivery, DeliveryId, DeliveryStatus, Endpoint, EndpointId, EventType, Target,
    WebhookSecret,
};
use recap_core::{Job, JobId, JobKind, Status, VideoId};

/// The video of every sample.
pub fn video_id() -> VideoId {
    "dQw4w9WgXcQ".parse().expect("a valid id")
}

/// 2026-01-01T00:00:00Z.
pub fn created_at() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().expect("a valid time")
}

/// A request for the sample video, all else by default.
pub fn input() -> JobInput {
    JobInput {
        video_id: Some(video_id()),
        transcript: None,
        batch: None,
        range: None,
        language: None,
        style: Style::default(),
        priority: Priority::default(),
        region: None,
        cache: CacheMode::default(),
    }
}

/// Twelve minutes with two chapters.
pub fn video(id: VideoId) -> VideoMetadata {
    let chapter = |title: &str, start: u64, end: u64| Chapter {
        title: title.to_owned(),
        start: Duration::from_secs(start),
        end: Duration::from_secs(end),
    };
    VideoMetadata {
        id: Some(id),
        title: "How bridges stand".to_owned(),
        channel: Some("Field Notes".to_owned()),
        duration: Some(Duration::from_mins(12)),
        language: Some("en".to_owned()),
        published: Some("2025-11-20".to_owned()),
        chapters: vec![chapter("Load", 0, 300), chapter("Wind", 300, 720)],
        thumbnail: Some(format!("https://i.ytimg.com/vi/{id}/hqdefault.jpg")),
    }
}

/// A cue of five seconds every five seconds, for `length`.
pub fn transcript(length: Duration) -> Transcript {
    let cue = |index: u64| Cue {
        start: Duration::from_secs(index * 5),
        end: Duration::from_secs(index * 5 + 5),
        text: format!("Sentence {} is about bridges.", index + 1),
    };
    Transcript {
        source: TranscriptSource::CaptionsManual,
        language: "en".to_owned(),
        cues: (0..length.as_secs() / 5).map(cue).collect(),
    }
}

/// The sample video with a transcript of its whole length.
pub fn captions(id: VideoId) -> Captions {
    let video = video(id);
    let transcript = transcript(video.duration.unwrap_or_default());
    Captions { video, transcript, child: child_usage() }
}

/// Two videos, the sample one first.
pub fn playlist() -> Vec<PlaylistItem> {
    let item = |video: VideoId, title: &str| PlaylistItem { video, title: Some(title.to_owned()) };
    let other = "9bZkp7q19f0".parse().expect("a valid id");
    vec![item(video_id(), "How bridges stand"), item(other, "How bridges fall")]
}

/// What fetching them used.
pub fn child_usage() -> ChildUsage {
    ChildUsage { cpu_ms: 900, wall_ms: 1500, peak_memory_bytes: 70_000_000 }
}

/// A summary of the sample video.
pub fn summary() -> Summary {
    let point = |start: u64, text: &str| KeyPoint {
        start: Duration::from_millis(start),
        text: text.to_owned(),
    };
    let chapter = |start: u64, end: u64, title: &str, summary: &str| ChapterSummary {
        start: Duration::from_secs(start),
        end: Duration::from_secs(end),
        title: title.to_owned(),
        summary: summary.to_owned(),
    };
    Summary {
        title: "How bridges stand".to_owned(),
        tldr: "Bridges carry load by shape and meet wind by being heavy or open.".to_owned(),
        key_points: vec![
            point(12_400, "An arch turns load into pressure."),
            point(431_000, "A deck that lets wind through swings less."),
        ],
        chapters: vec![
            chapter(0, 300, "Load", "Beams bend, arches press, cables pull."),
            chapter(300, 720, "Wind", "Slender decks swing; open ones do not."),
        ],
        language: "en".to_owned(),
        style: Style::Detailed,
        model: "extractive".to_owned(),
        coverage: 1.0,
    }
}

/// A job as it is right after it was asked for.
pub fn queued(kind: JobKind) -> Job {
    let now = created_at();
    Job::new(Owner::default(), kind, input(), now, now + Duration::from_hours(48))
}

/// A job that ended well: with a result if it is a summary's.
pub fn succeeded(kind: JobKind) -> Job {
    let now = created_at();
    let mut job = queued(kind);
    job.status = Status::Succeeded;
    job.started_at = Some(now + Duration::from_secs(1));
    job.completed_at = Some(now + Duration::from_secs(9));
    job.video = Some(video(video_id()));
    job.progress.stage = Stage::Done;
    job.progress.segments_done = 2;
    job.progress.segments_total = 2;
    job.result = (kind == JobKind::Summary).then(summary);
    job.transcript = Some(TranscriptInfo {
        source: TranscriptSource::CaptionsManual,
        language: "en".to_owned(),
        coverage: 1.0,
    });
    job.usage = Usage { input_tokens: 2000, output_tokens: 300, calls: 3 };
    job.child = Some(child_usage());
    job.timings = vec![StageTime { stage: Stage::Fetching, milliseconds: 1500 }];
    job.revision = 7;
    job
}

/// An endpoint of `owner` that hears of all that comes by default.
pub fn endpoint(owner: Owner) -> Endpoint {
    Endpoint {
        id: EndpointId::generate(),
        owner,
        url: "https://example.com/recap".to_owned(),
        description: None,
        events: Vec::new(),
        secret: webhook_secret(),
        old_secrets: Vec::new(),
        disabled: None,
        failing_since: None,
        created_at: created_at(),
        revision: 0,
    }
}

/// A message to `endpoint` that is due.
pub fn delivery(endpoint: &Endpoint) -> Delivery {
    let job = succeeded(JobKind::Summary);
    let (event, now) = (EventType::JobCompleted, created_at());
    Delivery {
        id: DeliveryId::derived(now, &[&JobId::generate().to_string()]),
        owner: endpoint.owner.clone(),
        target: Target::Endpoint { id: endpoint.id },
        event,
        payload: webhook::job_event(event, &job, now, ""),
        job: Some(job.id),
        status: DeliveryStatus::Pending,
        attempts: Vec::new(),
        failed: 0,
        created_at: now,
        next_attempt_at: Some(now),
        is_claimed: false,
        expires_at: now + Duration::from_hours(30 * 24),
        revision: 0,
    }
}

/// A key of an owner of its own, who may read and submit. Another one each time.
pub fn api_key() -> NewKey {
    let request = KeyRequest {
        owner: None,
        name: "sample".to_owned(),
        scopes: vec![Scope::Read, Scope::Submit],
        submits_per_minute: None,
        submits_per_day: None,
        expires_at: None,
    };
    ApiKey::generate(request, entropy(), entropy(), created_at())
}

/// The same each time.
pub fn webhook_secret() -> WebhookSecret {
    WebhookSecret::new([7; 32])
}

/// Digits of a name that is never made twice.
fn entropy() -> [u8; 32] {
    let digits = digest(&JobId::generate().to_string());
    std::array::from_fn(|index| {
        u8::from_str_radix(&digits[index * 2..index * 2 + 2], 16).expect("hexadecimal")
    })
}
