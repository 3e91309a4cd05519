//! A job as it is kept: the columns that queries look at, and the document
//! beside them. Reading lets the columns win, so that the two cannot drift
//! apart.

mod key;
mod webhook;

use jiff::Timestamp;
use recap_core::error::Failure;
use recap_core::job::{Job, JobId, JobKind, Lane, Owner, Told, WaitingReason};
use recap_core::jobs::JobPayload;
use recap_core::ports::{BoxError, Entry};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tracing::error;

pub(crate) use self::key::KeyColumns;
pub(crate) use self::webhook::{DeliveryColumns, EndpointColumns, endpoint_of};

/// What is read back of a job. Times are in milliseconds since 1970.
#[derive(sqlx::FromRow)]
pub(crate) struct Columns {
    pub(crate) owner: String,
    pub(crate) status: String,
    pub(crate) started_at: Option<i64>,
    pub(crate) completed_at: Option<i64>,
    pub(crate) expires_at: i64,
    pub(crate) retry_at: Option<i64>,
    pub(crate) waiting_reason: Option<String>,
    pub(crate) attempts: u32,
    pub(crate) told: u32,
    pub(crate) revision: i64,
    pub(crate) error: Option<String>,
    pub(crate) doc: String,
    /// Not read for lists, unless they are asked for it.
    #[sqlx(default)]
    pub(crate) result: Option<String>,
}

impl Columns {
    pub(crate) fn into_job(self) -> Result<Job, BoxError> {
        let mut job: Job = from_json(&self.doc)?;
        job.owner = Owner::new(self.owner);
        job.status = self.status.parse()?;
        job.started_at = optional_timestamp(self.started_at, job.started_at)?;
        job.completed_at = optional_timestamp(self.completed_at, job.completed_at)?;
        job.expires_at = timestamp(self.expires_at, Some(job.expires_at))?;
        job.retry_at = optional_timestamp(self.retry_at, job.retry_at)?;
        job.waiting_reason = from_optional_json::<WaitingReason>(self.waiting_reason.as_deref())?;
        job.attempts = self.attempts;
        job.told = told(self.told);
        job.revision = u64::try_from(self.revision)?;
        job.error = from_optional_json::<Failure>(self.error.as_deref())?;
        job.result = from_optional_json(self.result.as_deref())?;
        Ok(job)
    }
}

/// What is written of a job that is not a plain column.
pub(crate) struct Documents {
    pub(crate) doc: String,
    pub(crate) error: Option<String>,
    pub(crate) result: Option<String>,
    pub(crate) waiting_reason: Option<String>,
}

impl Documents {
    pub(crate) fn of(job: &Job) -> Result<Self, BoxError> {
        let mut rest = job.clone();
        let (error, result) = (rest.error.take(), rest.result.take());
        Ok(Self {
            doc: to_json(&rest)?,
            error: error.as_ref().map(to_json).transpose()?,
            result: result.as_ref().map(to_json).transpose()?,
            waiting_reason: rest.waiting_reason.as_ref().map(to_json).transpose()?,
        })
    }
}

/// As it is written: the later, the greater.
pub(crate) fn told_number(told: Told) -> u32 {
    match told {
        Told::Nothing => 0,
        Told::Start => 1,
        Told::End => 2,
    }
}

fn told(number: u32) -> Told {
    match number {
        0 => Told::Nothing,
        1 => Told::Start,
        _ => Told::End,
    }
}

/// Empty for a job that is not about a video.
pub(crate) fn video_text(job: &Job) -> String {
    job.input.video_id.map(|it| it.to_string()).unwrap_or_default()
}

/// What is read of a job to push it.
#[derive(sqlx::FromRow)]
pub(crate) struct Pointer {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) lane: String,
    pub(crate) fence: i64,
}

impl Pointer {
    /// `None` for a job that this recap does not know how to do, as after a step
    /// back to an older one: it must not keep the others waiting that are named
    /// with it, and expires like any other.
    pub(crate) fn into_entry(self) -> Option<Entry> {
        self.read().inspect_err(|error| error!(job.id = self.id, error, "unknown job")).ok()
    }

    fn read(&self) -> Result<Entry, BoxError> {
        let (kind, id): (JobKind, JobId) = (self.kind.parse()?, self.id.parse()?);
        let (lane, turn) = (parse_lane(&self.lane)?, u64::try_from(self.fence)?);
        Ok(Entry { payload: JobPayload::new(kind, id), lane, turn })
    }
}

/// `bulk`, or `bulk/region`.
pub(crate) fn lane_text(lane: &Lane) -> String {
    match &lane.region {
        Some(region) => format!("{}/{region}", lane.priority),
        None => lane.priority.to_string(),
    }
}

pub(crate) fn parse_lane(text: &str) -> Result<Lane, BoxError> {
    let (priority, region) = match text.split_once('/') {
        Some((priority, region)) => (priority, Some(region.to_owned().try_into()?)),
        None => (text, None),
    };
    Ok(Lane { priority: priority.parse()?, region })
}

/// A lane that this recap knows. Another one may have had more kinds of them;
/// they must not keep the others from being fed.
pub(crate) fn known_lane(text: &str) -> Option<Lane> {
    parse_lane(text).inspect_err(|error| error!(lane = text, %error, "lane cannot be read")).ok()
}

pub(crate) fn millis(time: Timestamp) -> i64 {
    time.as_millisecond()
}

/// The time in a column. If the document names the same millisecond, its
/// finer time is kept, so that a job comes back as it went in.
fn timestamp(column: i64, document: Option<Timestamp>) -> Result<Timestamp, BoxError> {
    match document {
        Some(it) if millis(it) == column => Ok(it),
        _ => Ok(Timestamp::from_millisecond(column)?),
    }
}

fn optional_timestamp(
    column: Option<i64>,
    document: Option<Timestamp>,
) -> Result<Option<Timestamp>, BoxError> {
    column.map(|it| timestamp(it, document)).transpose()
}

pub(crate) fn to_json<T: Serialize>(value: &T) -> Result<String, BoxError> {
    Ok(serde_json::to_string(value)?)
}

pub(crate) fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, BoxError> {
    Ok(serde_json::from_str(text)?)
}

fn from_optional_json<T: DeserializeOwned>(text: Option<&str>) -> Result<Option<T>, BoxError> {
    text.map(from_json).transpose()
}
