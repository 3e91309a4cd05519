//! Counts and times requests.

use actix_web::Error;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use recap_telemetry::metrics;
use tokio::time::Instant;

/// The route of all that has none.
const UNMATCHED: &str = "unmatched";

/// A request that has begun.
pub(super) struct Measured {
    /// The pattern: a path would make a series for each job.
    route: String,
    method: &'static str,
    began: Instant,
}

impl Measured {
    pub(super) fn of(request: &ServiceRequest) -> Self {
        Self {
            route: request.match_pattern().unwrap_or_else(|| UNMATCHED.to_owned()),
            method: method(request.method()),
            began: Instant::now(),
        }
    }

    pub(super) fn finish<B>(&self, answer: &Result<ServiceResponse<B>, Error>) {
        let status = match answer {
            Ok(answer) => answer.status(),
            Err(error) => error.as_response_error().status_code(),
        };
        metrics::http_request(&self.route, self.method, status.as_u16(), self.began.elapsed());
    }
}

/// Any word may be a method; only those that there are get a series.
fn method(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
