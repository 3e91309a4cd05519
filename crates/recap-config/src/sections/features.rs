//! What can be switched on.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What can be switched on: `[features]`. All off by default, because each
/// costs memory, traffic or tokens.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct FeaturesConfig {
    /// A finished summary job carries its whole transcript as text, too. Also
    /// `ENABLE_FULL_TRANSCRIPT`.
    pub full_transcript: bool,
    /// The model may think longer: better combining, more tokens. Also
    /// `ENABLE_ADVANCED_SUMMARIZATION`.
    pub advanced_summarization: bool,
    /// A job's `video` names a thumbnail. Also `ENABLE_VIDEO_PREVIEW`.
    pub video_preview: bool,
}
