//! Who asks.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use crate::access::Who;
use crate::error::ApiError;

/// Who asks, as [`crate::access::gate`] found out.
pub(crate) struct Caller(pub(crate) Arc<Who>);

impl FromRequest for Caller {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let who = request.extensions().get::<Arc<Who>>().map(Arc::clone);
        // A route that is open to anyone has no caller: a mistake of ours.
        ready(who.map(Self).ok_or_else(|| ApiError::internal("this route does not ask who calls")))
    }
}
