//! A job as a row: the columns that queries look at, and the document beside
//! them. Reading lets the columns win, so that the two cannot drift apart.

use jiff::Timestamp;
use recap_core::Job;
use recap_core::error::Failure;
use recap_core::job::WaitingReason;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The columns of a [`JobRow`] without its result.
macro_rules! columns {
    () => {
        "status, started_at, completed_at, expires_at, retry_at, waiting_reason, \
         attempts, revision, error, doc"
    };
}
pub(super) use columns;

/// What is read back of a job.
#[derive(sqlx::FromRow)]
pub(super) struct JobRow {
    status: String,
    started_at: Option<i64>,
    completed_at: Option<i64>,
    expires_at: i64,
    retry_at: Option<i64>,
    waiting_reason: Option<String>,
    attempts: u32,
    revision: i64,
    error: Option<String>,
    doc: String,
    #[sqlx(default)]
    result: Option<String>,
}

impl JobRow {
    pub(super) fn into_job(self) -> Result<Job, sqlx::Error> {
        let mut job: Job = from_json(&self.doc)?;
        job.status = self.status.parse().map_err(decode_error)?;
        job.started_at = optional_timestamp(self.started_at, job.started_at)?;
        job.completed_at = optional_timestamp(self.completed_at, job.completed_at)?;
        job.expires_at = timestamp(self.expires_at, Some(job.expires_at))?;
        job.retry_at = optional_timestamp(self.retry_at, job.retry_at)?;
        job.waiting_reason = from_optional_json::<WaitingReason>(self.waiting_reason.as_deref())?;
        job.attempts = self.attempts;
        job.revision = u64::try_from(self.revision).map_err(decode_error)?;
        job.error = from_optional_json::<Failure>(self.error.as_deref())?;
        job.result = from_optional_json(self.result.as_deref())?;
        Ok(job)
    }
}

/// What is written of a job that is not a plain column.
pub(super) struct Documents {
    pub(super) doc: String,
    pub(super) error: Option<String>,
    pub(super) result: Option<String>,
    pub(super) waiting_reason: Option<String>,
}

impl Documents {
    pub(super) fn of(job: &Job) -> Result<Self, sqlx::Error> {
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

pub(super) fn millis(time: Timestamp) -> i64 {
    time.as_millisecond()
}

/// The time in a column. If the document names the same millisecond, its
/// finer time is kept, so that a job comes back as it went in.
fn timestamp(column: i64, document: Option<Timestamp>) -> Result<Timestamp, sqlx::Error> {
    match document {
        Some(it) if millis(it) == column => Ok(it),
        _ => Timestamp::from_millisecond(column).map_err(decode_error),
    }
}

fn optional_timestamp(
    column: Option<i64>,
    document: Option<Timestamp>,
) -> Result<Option<Timestamp>, sqlx::Error> {
    column.map(|it| timestamp(it, document)).transpose()
}

pub(super) fn to_json<T: Serialize>(value: &T) -> Result<String, sqlx::Error> {
    serde_json::to_string(value).map_err(|it| sqlx::Error::Encode(it.into()))
}

pub(super) fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, sqlx::Error> {
    serde_json::from_str(text).map_err(decode_error)
}

fn from_optional_json<T: DeserializeOwned>(text: Option<&str>) -> Result<Option<T>, sqlx::Error> {
    text.map(from_json).transpose()
}

pub(super) fn decode_error(error: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::Decode(error.into())
}
