//! What the headers of a submit wish: that it is done once, that it is waited
//! for, and when it is no longer wanted.

mod parse;

use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::HeaderMap;
use actix_web::{FromRequest, HttpRequest, web};
use recap_core::key::digest;
use serde_json::Value;
use std::future::{Ready, ready};
use tokio::time::Instant;

use crate::context::{Context, Rules};
use crate::error::{ApiError, ApiResult, FieldError};

const IDEMPOTENCY_KEY: &str = "Idempotency-Key";
const CANCEL_AFTER: &str = "Cancel-After";
const PREFER: &str = "Prefer";

/// The wishes of one request.
#[derive(Debug)]
pub(crate) struct Wishes {
    /// When the request came.
    pub(crate) began: Instant,
    pub(crate) path: String,
    /// The client's name for what is to be done once.
    pub(crate) key: Option<String>,
    /// Digest of the body; only if there is a key.
    pub(crate) fingerprint: String,
    /// Longest time the client would wait for the end, 1 to 60 s.
    pub(crate) wait: Option<Duration>,
    /// After that long the job is no longer wanted.
    pub(crate) cancel_after: Option<Duration>,
}

impl Wishes {
    pub(super) fn of(request: &HttpRequest) -> ApiResult<Self> {
        let cx = request.app_data::<web::Data<Context>>().expect("`serve` puts it there");
        let headers = request.headers();
        Ok(Self {
            began: Instant::now(),
            path: request.path().to_owned(),
            key: key(headers)?,
            fingerprint: String::new(),
            wait: parse::wait(lines(headers, PREFER)),
            cancel_after: cancel_after(headers, &cx.rules)?,
        })
    }

    /// Notes what was sent, as far as it matters whether the same is sent again:
    /// neither the order of fields nor white space does.
    pub(super) fn note_body(&mut self, body: &[u8]) {
        if self.key.is_some() {
            // Without `preserve_order` the fields of a `Value` are sorted.
            let value: Option<Value> = serde_json::from_slice(body).ok();
            let canonical = value.map(|it| it.to_string()).unwrap_or_default();
            self.fingerprint = digest(&canonical);
        }
    }
}

/// For requests without a body.
impl FromRequest for Wishes {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

fn key(headers: &HeaderMap) -> ApiResult<Option<String>> {
    let given: Vec<&str> = lines(headers, IDEMPOTENCY_KEY).collect();
    let count = headers.get_all(IDEMPOTENCY_KEY).count();
    match (count, given.as_slice()) {
        (0, _) => Ok(None),
        (1, [one]) => match parse::key(one) {
            Some(key) => Ok(Some(key)),
            None => Err(refused(IDEMPOTENCY_KEY, "must be 1 to 255 visible ASCII characters")),
        },
        _ => Err(refused(IDEMPOTENCY_KEY, "must be given once, in ASCII")),
    }
}

fn cancel_after(headers: &HeaderMap, rules: &Rules) -> ApiResult<Option<Duration>> {
    let Some(text) = lines(headers, CANCEL_AFTER).next() else { return Ok(None) };
    let allowed = Duration::from_secs(1)..=rules.max_age;
    let after = parse::duration(text).filter(|it| allowed.contains(it));
    after.map(Some).ok_or_else(|| {
        let hours = rules.max_age.as_secs() / 3600;
        let detail = format!("must be a time such as 90s, 10m or 2h, of 1s to {hours}h");
        refused(CANCEL_AFTER, detail)
    })
}

fn lines<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a str> {
    headers.get_all(name).filter_map(|it| it.to_str().ok())
}

fn refused(header: &str, detail: impl Into<String>) -> ApiError {
    ApiError::invalid(vec![FieldError::new(header, detail)])
}
