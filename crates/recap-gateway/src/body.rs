//! The JSON of the API, apart from the documents it is made of.

mod batch;
mod bounded;
mod create;
mod delivery;
mod endpoint;
mod event;
mod health;
mod job;
mod key;
mod limits;
mod list;
mod operator;
mod outcome;
mod own;
mod result;
mod transcript;
mod video;
mod wish;

pub(crate) use self::batch::{BatchBody, CreateBatch};
pub(crate) use self::bounded::Change;
pub use self::create::Language;
pub(crate) use self::create::{CreateSummary, CreateTranscript};
pub(crate) use self::delivery::{DeliveryBody, DeliveryItem, DeliveryList};
pub(crate) use self::endpoint::{
    ChangeEndpoint, CreateEndpoint, EndpointBody, EndpointList, EndpointWithSecret, Recover,
    Recovered,
};
pub(crate) use self::event::{ProgressEvent, SegmentEvent, TextEvent};
pub(crate) use self::health::{LiveBody, Parts, ReadyBody};
pub(crate) use self::job::{JobBody, JobItem};
pub(crate) use self::key::{CreateKey, KeyBody, KeyList, NewKeyBody};
pub(crate) use self::limits::{CommonBounds, LimitsBody};
pub(crate) use self::list::{JobList, JobResultList};
pub(crate) use self::operator::{
    AnyJobItem, AnyJobList, ChangedLimits, ControlBody, FlagsBody, Replay, Replayed, SetFlags,
    SetLimits, Settings,
};
pub(crate) use self::outcome::eta;
pub(crate) use self::own::{CreateCue, CreateOwn, OwnFormat};
pub(crate) use self::result::{ResultBody, SummaryBody};
pub(crate) use self::transcript::TranscriptBody;
pub(crate) use self::video::VideoBody;
pub(crate) use self::wish::{CreateRange, CreateWebhook, Extras};

use std::time::Duration;

use jiff::Timestamp;
use recap_core::Job;

/// Time from `from` to `to`; zero if the clock was set back.
pub(crate) fn time_between(from: Timestamp, to: Timestamp) -> Duration {
    to.duration_since(from).try_into().unwrap_or_default()
}

/// The same in whole seconds.
pub(crate) fn seconds_between(from: Timestamp, to: Timestamp) -> u64 {
    time_between(from, to).as_secs()
}

/// Seconds with three digits after the point, which is what captions have.
fn seconds(time: Duration) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a video has fewer than 2^53 milliseconds")]
    let milliseconds = time.as_millis() as f64;
    milliseconds / 1000.0
}

/// A job as the API answers it, for the command line. `preview` is whether the
/// video names its picture.
///
/// # Errors
///
/// Never in practice: a job is plain data.
pub fn job_json(job: &Job, now: Timestamp, preview: bool) -> serde_json::Result<String> {
    let video = job.input.video_id;
    let result = job.result.clone().map(|it| ResultBody::new(it, video, None));
    let item = JobItem::new(job.clone(), now, preview);
    serde_json::to_string_pretty(&JobBody::new(item, result))
}
