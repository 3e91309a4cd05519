//! Counts and times requests.

use std::cell::Cell;
use std::rc::Rc;

use actix_web::dev::Extensions;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::{Error, HttpMessage as _};
use recap_telemetry::metrics;
use tokio::time::Instant;

/// The route of all that has none.
const UNMATCHED: &str = "unmatched";

/// The pattern that a request has matched, which is known once it has been routed.
#[derive(Clone, Default)]
struct Route(Rc<Cell<Option<&'static str>>>);

/// Says which pattern a request has matched: a path would make a series for each job.
/// actix could tell, too, by matching it once more.
pub(crate) fn matched(request: &Extensions, pattern: &'static str) {
    if let Some(route) = request.get::<Route>() {
        route.0.set(Some(pattern));
    }
}

/// A request that has begun.
pub(super) struct Measured {
    route: Route,
    method: &'static str,
    began: Instant,
}

impl Measured {
    pub(super) fn of(request: &ServiceRequest) -> Self {
        let route = Route::default();
        request.extensions_mut().insert(route.clone());
        Self { route, method: method(request.method()), began: Instant::now() }
    }

    pub(super) fn finish<B>(&self, answer: &Result<ServiceResponse<B>, Error>) {
        let status = match answer {
            Ok(answer) => answer.status(),
            Err(error) => error.as_response_error().status_code(),
        };
        let route = self.route.0.get().unwrap_or(UNMATCHED);
        metrics::http_request(route, self.method, status.as_u16(), self.began.elapsed());
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
