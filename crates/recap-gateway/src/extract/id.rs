//! The job that a path names.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use recap_core::JobId;

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
