//! What any submit may ask for beside the work itself.

use recap_core::webhook::EventType;
use serde::Deserialize;
use utoipa::ToSchema;

use super::bounded::{Choice, Metadata, Text};

/// Most events that may be named: more than there are.
const MAX_EVENTS: usize = 16;

/// A part of a video.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RangeWish, example = json!({"start": 60, "end": 180.5}))]
pub(crate) struct CreateRange {
    /// In seconds.
    #[serde(default)]
    #[schema(default = 0, minimum = 0, maximum = 360_000)]
    pub(crate) start: f64,
    /// In seconds, after `start` and at most `jobs.max_video_hours`; `null` is the
    /// end of the video.
    #[serde(default)]
    #[schema(maximum = 360_000)]
    pub(crate) end: Option<f64>,
}

/// An address that is told of the job.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WebhookWish, example = json!({"url": "https://example.com/hook"}))]
pub(crate) struct CreateWebhook {
    /// Where messages are sent by `POST`: `https`, and public.
    #[schema(value_type = String, max_length = 2048, format = "uri")]
    pub(crate) url: Text<2048>,
    /// What it is told of; if left out or empty, all but `job.started` and
    /// `job.progress`.
    #[serde(default)]
    #[schema(value_type = Vec<EventType>, max_items = 16)]
    pub(crate) events: Events,
}

/// A list of events without repetitions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Vec<Choice<EventType>>")]
pub(crate) struct Events(pub(crate) Vec<EventType>);

impl TryFrom<Vec<Choice<EventType>>> for Events {
    type Error = String;

    fn try_from(named: Vec<Choice<EventType>>) -> Result<Self, Self::Error> {
        if named.len() > MAX_EVENTS {
            return Err(format!("must name at most {MAX_EVENTS} events"));
        }
        let mut events: Vec<EventType> = named.into_iter().map(|it| it.0).collect();
        events.sort_unstable();
        events.dedup();
        Ok(Self(events))
    }
}

/// What comes back with the job, and who is told of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Extras {
    pub(crate) webhook: Option<CreateWebhook>,
    pub(crate) client_reference: Option<Text<128>>,
    pub(crate) metadata: Metadata,
}
