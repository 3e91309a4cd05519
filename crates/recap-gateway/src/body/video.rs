//! What a client is told about a video.

use recap_core::video::{Chapter, VideoMetadata};
use serde::Serialize;
use utoipa::ToSchema;

/// What is known about a video.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Video)]
pub(crate) struct VideoBody {
    /// `null` if all there is of it is a transcript that the client sent.
    #[schema(required, example = "dQw4w9WgXcQ")]
    id: Option<String>,
    title: String,
    #[schema(required)]
    channel: Option<String>,
    /// `null` for a video that is live or has not started.
    #[schema(required)]
    duration_seconds: Option<u64>,
    /// BCP-47, when YouTube says it.
    #[schema(required)]
    language: Option<String>,
    /// `YYYY-MM-DD`.
    #[schema(required, format = "date")]
    published: Option<String>,
    chapters: Vec<VideoChapter>,
    /// Address of a picture; only with `features.video_preview`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    thumbnail: Option<String>,
}

/// A part of a video that its maker gave a title.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VideoChapter {
    title: String,
    /// In seconds.
    start: u64,
    /// In seconds.
    end: u64,
}

impl VideoBody {
    pub(crate) fn new(video: VideoMetadata, preview: bool) -> Self {
        Self {
            id: video.id.map(|it| it.to_string()),
            title: video.title,
            channel: video.channel,
            duration_seconds: video.duration.map(|it| it.as_secs()),
            language: video.language,
            published: video.published,
            chapters: video.chapters.into_iter().map(Into::into).collect(),
            thumbnail: video.thumbnail.filter(|_| preview),
        }
    }
}

impl From<Chapter> for VideoChapter {
    fn from(chapter: Chapter) -> Self {
        let Chapter { title, start, end } = chapter;
        Self { title, start: start.as_secs(), end: end.as_secs() }
    }
}
