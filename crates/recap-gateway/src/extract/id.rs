//! What a path names.

use std::future::{Ready, ready};
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use recap_core::key::KeyId;
use recap_core::webhook::{DeliveryId, EndpointId};
use recap_core::{ErrorCode, JobId, VideoId};

use crate::error::ApiError;

/// `{id}` of the path. What is not an id names no job, so it is not found
/// rather than wrong.
pub(crate) struct JobPath(pub(crate) JobId);

impl FromRequest for JobPath {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let id = request.match_info().get("id").and_then(|it| it.parse().ok());
        ready(id.map(Self).ok_or_else(ApiError::no_such_job))
    }
}

/// `{id}` of the path, or what it is called there, of something else than a job.
pub(crate) struct Id<T>(pub(crate) T);

/// What is named by an id.
pub(crate) trait Named: FromStr {
    /// What the path calls it.
    const PARAM: &'static str = "id";

    /// There is none with the id that was asked for.
    fn missing() -> ApiError;
}

impl<T: Named> FromRequest for Id<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let id = request.match_info().get(T::PARAM).and_then(|it| it.parse().ok());
        ready(id.map(Self).ok_or_else(T::missing))
    }
}

/// A job that is a batch.
#[derive(Clone, Copy)]
pub(crate) struct BatchId(pub(crate) JobId);

impl FromStr for BatchId {
    type Err = <JobId as FromStr>::Err;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl Named for BatchId {
    fn missing() -> ApiError {
        let detail = "No batch has this id, or it has been forgotten.";
        ApiError::new(ErrorCode::BatchNotFound, detail)
    }
}

impl Named for VideoId {
    const PARAM: &'static str = "video_id";

    fn missing() -> ApiError {
        let detail = "No job of yours has looked at a video with this id.";
        ApiError::new(ErrorCode::VideoNotFound, detail)
    }
}

impl Named for EndpointId {
    fn missing() -> ApiError {
        ApiError::new(ErrorCode::EndpointNotFound, "No webhook endpoint has this id.")
    }
}

impl Named for KeyId {
    fn missing() -> ApiError {
        ApiError::new(ErrorCode::KeyNotFound, "No key has this id.")
    }
}

impl Named for DeliveryId {
    fn missing() -> ApiError {
        let detail = "No webhook delivery has this id, or it has been forgotten.";
        ApiError::new(ErrorCode::DeliveryNotFound, detail)
    }
}
