//! What a batch may be asked for with.

use recap_core::JobKind;
use recap_core::job::{CacheMode, Priority};
use recap_core::summary::Style;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::body::Language;
use crate::body::bounded::{Metadata, Text, choice};
use crate::body::wish::CreateWebhook;
use crate::extract::Submit;

/// Many videos to be worked on: `urls`, or those of a `playlist`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "urls": ["https://youtu.be/dQw4w9WgXcQ", "https://youtu.be/9bZkp7q19f0"],
    "style": "brief"
}))]
pub(crate) struct CreateBatch {
    /// Links as for a summary, at most `limits.batch_items`. One that is none is
    /// an item with an error.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Link>>, min_items = 1, max_items = 1000)]
    pub(crate) urls: Option<Vec<String>>,
    /// A link to a playlist, or its id alone.
    #[serde(default)]
    #[schema(max_length = 2048)]
    pub(crate) playlist: Option<String>,
    /// Items of the playlist that are taken, from its start; at most, and if left
    /// out, `limits.batch_items`.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1000)]
    pub(crate) max_items: Option<u32>,
    /// What each item becomes.
    #[serde(default, deserialize_with = "choice")]
    #[schema(default = "summary")]
    pub(crate) kind: BatchKind,
    /// BCP-47 of the summaries, or `auto` for each video's own language.
    #[serde(default)]
    #[schema(value_type = String, default = "auto", max_length = 35)]
    pub(crate) language: Language,
    #[serde(default, deserialize_with = "choice")]
    #[schema(default = "detailed")]
    pub(crate) style: Style,
    #[serde(default = "bulk", deserialize_with = "choice")]
    #[schema(default = "bulk")]
    pub(crate) priority: Priority,
    /// As for a summary.
    #[serde(default)]
    #[schema(pattern = "^[a-z0-9-]{1,32}$")]
    pub(crate) region: Option<String>,
    /// As for a summary.
    #[serde(default, deserialize_with = "choice")]
    #[schema(default = "use")]
    pub(crate) cache: CacheMode,
    /// Told of the batch, not of each of its jobs.
    #[serde(default)]
    pub(crate) webhook: Option<CreateWebhook>,
    /// As for a summary.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 128)]
    pub(crate) client_reference: Option<Text<128>>,
    /// As for a summary.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, String>)]
    pub(crate) metadata: Metadata,
}

impl Submit for CreateBatch {}

/// A link to one YouTube video in any of its forms, or the id alone.
#[derive(ToSchema)]
#[schema(value_type = String, max_length = 2048)]
pub(crate) struct Link(());

/// What an item of a batch becomes.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BatchKind {
    #[default]
    Summary,
    Transcript,
}

impl From<BatchKind> for JobKind {
    fn from(kind: BatchKind) -> Self {
        match kind {
            BatchKind::Summary => Self::Summary,
            BatchKind::Transcript => Self::Transcript,
        }
    }
}

fn bulk() -> Priority {
    Priority::Bulk
}
