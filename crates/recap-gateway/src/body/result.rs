//! What a summary job gives.

use recap_core::VideoId;
use recap_core::summary::{ChapterSummary, KeyPoint, Style, Summary};
use serde::Serialize;
use utoipa::ToSchema;

/// The summary of a video.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Summary)]
pub(crate) struct SummaryBody {
    title: String,
    /// Two or three sentences.
    tldr: String,
    /// In order of time.
    key_points: Vec<PointBody>,
    /// In order of time, together the whole video.
    chapters: Vec<ChapterBody>,
    /// BCP-47 of the summary.
    #[schema(example = "en")]
    language: String,
    style: Style,
    /// Who made it: `extractive`, or the name of a model.
    #[schema(example = "extractive")]
    model: String,
    /// Share of the transcript that was read, 0 to 1.
    coverage: f64,
}

/// One thing that is said, and when.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KeyPoint)]
pub(crate) struct PointBody {
    /// In seconds.
    start: u64,
    text: String,
    /// Plays the video from there; `null` if there is no video.
    #[schema(
        required,
        format = "uri",
        example = "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=12s"
    )]
    url: Option<String>,
}

/// A chapter of the summary.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SummaryChapter)]
pub(crate) struct ChapterBody {
    /// In seconds.
    start: u64,
    /// In seconds.
    end: u64,
    title: String,
    summary: String,
    /// Plays the video from there; `null` if there is no video.
    #[schema(
        required,
        format = "uri",
        example = "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=300s"
    )]
    url: Option<String>,
}

/// The result of a summary job.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JobResult)]
pub(crate) struct ResultBody {
    #[serde(flatten)]
    summary: SummaryBody,
    /// The transcript as text; only with `features.full_transcript`, and not while
    /// the store is away.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    transcript: Option<String>,
}

impl ResultBody {
    pub(crate) fn new(
        summary: Summary,
        video: Option<VideoId>,
        transcript: Option<String>,
    ) -> Self {
        Self { summary: SummaryBody::new(summary, video), transcript }
    }
}

impl PointBody {
    pub(crate) fn new(point: KeyPoint, video: Option<VideoId>) -> Self {
        let KeyPoint { start, text } = point;
        Self { start: start.as_secs(), text, url: video.map(|it| it.link_at(start)) }
    }
}

impl SummaryBody {
    pub(crate) fn new(summary: Summary, video: Option<VideoId>) -> Self {
        let chapter = |it: ChapterSummary| ChapterBody {
            start: it.start.as_secs(),
            end: it.end.as_secs(),
            title: it.title,
            summary: it.summary,
            url: video.map(|video| video.link_at(it.start)),
        };
        Self {
            title: summary.title,
            tldr: summary.tldr,
            key_points: summary
                .key_points
                .into_iter()
                .map(|it| PointBody::new(it, video))
                .collect(),
            chapters: summary.chapters.into_iter().map(chapter).collect(),
            language: summary.language,
            style: summary.style,
            model: summary.model,
            coverage: summary.coverage,
        }
    }
}
