//! A job as a row.

use recap_core::ports::BoxError;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::document;
use crate::document::Documents;

/// The columns of [`document::Columns`] without its result.
macro_rules! columns {
    () => {
        "owner, status, started_at, completed_at, expires_at, retry_at, waiting_reason, \
         attempts, told, revision, error, doc"
    };
}
pub(super) use columns;

/// The columns of a [`document::Pointer`].
macro_rules! pointer {
    () => {
        "id, kind, lane, fence"
    };
}
pub(super) use pointer;

pub(super) fn documents(job: &recap_core::Job) -> Result<Documents, sqlx::Error> {
    Documents::of(job).map_err(sqlx::Error::Encode)
}

pub(super) fn to_json<T: Serialize>(value: &T) -> Result<String, sqlx::Error> {
    document::to_json(value).map_err(sqlx::Error::Encode)
}

pub(super) fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, sqlx::Error> {
    document::from_json(text).map_err(sqlx::Error::Decode)
}

pub(super) fn decode_error(error: impl Into<BoxError>) -> sqlx::Error {
    sqlx::Error::Decode(error.into())
}

/// A limit as SQLite takes it.
pub(super) fn limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
