//! Which web pages may read answers (the Fetch standard, CORS): none but its own
//! unless the settings name them. Nothing is ever answered to a cookie, so no
//! credentials are allowed.

use actix_web::dev::ServiceRequest;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderValue};

const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE");

/// What a page may send.
const SENT: HeaderValue = HeaderValue::from_static(
    "authorization, content-type, idempotency-key, prefer, cancel-after, if-none-match, \
     last-event-id, x-request-id",
);

/// What it may read.
const READ: HeaderValue = HeaderValue::from_static(
    "age, cache-status, etag, idempotency-replayed, location, preference-applied, ratelimit, \
     ratelimit-policy, retry-after, x-request-id",
);

/// How long a browser need not ask again, in seconds; none takes more.
const MAX_AGE: HeaderValue = HeaderValue::from_static("7200");

/// The pages that may.
pub(super) enum Cors {
    Closed,
    Anyone,
    Listed(Vec<String>),
}

/// Where a request comes from.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    /// What the page is told if it may read the answer.
    allowed: Option<HeaderValue>,
    /// The browser only asks whether it may.
    pub(crate) is_preflight: bool,
}

impl Cors {
    pub(super) fn new(origins: &[String]) -> Self {
        match origins {
            [] => Self::Closed,
            [all] if all == "*" => Self::Anyone,
            listed => Self::Listed(listed.to_vec()),
        }
    }

    pub(super) fn origin(&self, request: &ServiceRequest) -> Origin {
        let headers = request.headers();
        let origin = headers.get(header::ORIGIN);
        let allowed = match self {
            Self::Closed => None,
            Self::Anyone => origin.map(|_| HeaderValue::from_static("*")),
            Self::Listed(all) => {
                origin.filter(|it| all.iter().any(|known| *known == **it)).cloned()
            }
        };
        let asks = request.method() == Method::OPTIONS
            && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
        Origin { is_preflight: asks && allowed.is_some(), allowed }
    }

    pub(super) fn mark(&self, origin: &Origin, headers: &mut HeaderMap) {
        // A cache must not give one page what was said to another.
        if let Self::Listed(_) = self {
            headers.append(header::VARY, HeaderValue::from_static("origin"));
        }
        let Some(allowed) = origin.allowed.clone() else { return };
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
        if origin.is_preflight {
            headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, SENT);
            headers.insert(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
        } else {
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, READ);
        }
    }
}
