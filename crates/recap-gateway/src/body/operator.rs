//! What those who run recap see and say.

mod limits;

use jiff::Timestamp;
use recap_config::FeaturesConfig;
use recap_core::ErrorCode;
use recap_core::ports::{Control, Flags};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(crate) use self::limits::{ChangedLimits, SetLimits};
use super::JobItem;
use super::bounded::choice;

/// What is wanted of all processes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Control)]
pub(crate) struct ControlBody {
    /// Workers take no more jobs; what is in hand goes on.
    paused: bool,
    /// When workers were last told to end once their hands are empty.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    drain_asked_at: Option<Timestamp>,
    /// Jobs of everyone that have not ended.
    open_jobs: u64,
}

impl ControlBody {
    pub(crate) fn new(control: Control, open_jobs: u64) -> Self {
        let Control { paused, drain_asked_at, .. } = control;
        Self { paused, drain_asked_at, open_jobs }
    }
}

/// Features that are to be on or off in all processes, whatever their settings
/// say; `null`, or left out, is as they say.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FlagChanges, example = json!({"video_preview": true}))]
pub(crate) struct SetFlags {
    /// A finished summary job carries its whole transcript.
    #[serde(default)]
    full_transcript: Option<bool>,
    /// The model may think longer.
    #[serde(default)]
    advanced_summarization: Option<bool>,
    /// A job's `video` names a thumbnail.
    #[serde(default)]
    video_preview: Option<bool>,
}

impl From<SetFlags> for Flags {
    fn from(flags: SetFlags) -> Self {
        let SetFlags { full_transcript, advanced_summarization, video_preview } = flags;
        Self { full_transcript, advanced_summarization, video_preview }
    }
}

impl From<Flags> for SetFlags {
    fn from(flags: Flags) -> Self {
        let Flags { full_transcript, advanced_summarization, video_preview } = flags;
        Self { full_transcript, advanced_summarization, video_preview }
    }
}

/// Which features are on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Flags)]
pub(crate) struct FlagsBody {
    /// What was changed while running.
    changed: SetFlags,
    /// What that makes of the settings of this process.
    in_force: InForce,
}

/// Which features are on in this process.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InForce {
    full_transcript: bool,
    advanced_summarization: bool,
    video_preview: bool,
}

impl FlagsBody {
    pub(crate) fn new(changed: Flags, in_force: &FeaturesConfig) -> Self {
        let in_force = InForce {
            full_transcript: in_force.full_transcript,
            advanced_summarization: in_force.advanced_summarization,
            video_preview: in_force.video_preview,
        };
        Self { changed: changed.into(), in_force }
    }
}

/// The settings of a process by section, as `docs/config.md` lists them.
#[derive(ToSchema)]
#[schema(as = Settings, value_type = Object)]
pub(crate) struct Settings(());

/// A job of anyone, without its result.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AnyJob)]
pub(crate) struct AnyJobItem {
    #[serde(flatten)]
    pub(crate) item: JobItem,
    /// Whose it is.
    pub(crate) owner: String,
}

/// A page of everyone's jobs, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AnyJobList {
    pub(crate) data: Vec<AnyJobItem>,
    /// Pass it as `cursor` to get the next page; `null` on the last one.
    #[schema(required)]
    pub(crate) next_cursor: Option<String>,
    pub(crate) has_more: bool,
}

/// Which failed jobs are to be done again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "blocked_ip", "limit": 50}))]
pub(crate) struct Replay {
    /// Only those that failed for this.
    #[serde(deserialize_with = "choice")]
    pub(crate) code: ErrorCode,
    /// Only those that were created after this time.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) created_after: Option<Timestamp>,
    /// Most jobs that are looked at.
    #[serde(default = "most")]
    #[schema(minimum = 1, maximum = 100, default = 100)]
    pub(crate) limit: usize,
    /// `next_cursor` of the answer before.
    #[serde(default)]
    #[schema(max_length = 128)]
    pub(crate) cursor: Option<String>,
}

/// What is done again.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Replayed {
    /// Jobs that were made. One that was replayed before is not again.
    pub(crate) replayed: usize,
    /// Pass it as `cursor` to go on; `null` if there are no more.
    #[schema(required)]
    pub(crate) next_cursor: Option<String>,
}

fn most() -> usize {
    100
}
