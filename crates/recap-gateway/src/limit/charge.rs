//! What a request was charged, as its answer tells.

use std::fmt::{self, Write as _};
use std::time::Duration;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use recap_core::ErrorCode;
use recap_core::ports::Level;

use super::Policy;
use crate::error::ApiError;

pub(crate) const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
pub(crate) const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// The policies that apply to a request, each with how its budget is now.
#[derive(Clone, Debug)]
pub(crate) struct Charge {
    pub(crate) granted: bool,
    pub(crate) policies: Vec<(Policy, Level)>,
}

impl Charge {
    /// Of a request that costs nothing.
    pub(crate) fn none() -> Self {
        Self { granted: true, policies: Vec::new() }
    }

    /// Says so in the headers of draft-ietf-httpapi-ratelimit-headers.
    pub(crate) fn mark(&self, headers: &mut HeaderMap) {
        if self.policies.is_empty() {
            return;
        }
        headers.insert(RATE_LIMIT_POLICY, self.value(quota));
        headers.insert(RATE_LIMIT, self.value(left));
    }

    /// All policies as one value, each as `write` says it.
    fn value(&self, write: fn(&mut String, &Policy, &Level) -> fmt::Result) -> HeaderValue {
        let mut text = String::with_capacity(80);
        for (policy, level) in &self.policies {
            text.push_str(if text.is_empty() { "" } else { ", " });
            write(&mut text, policy, level).expect("a string takes everything");
        }
        HeaderValue::try_from(text).expect("names and numbers are visible ASCII")
    }

    /// What a request is told for which there was not enough.
    pub(crate) fn refusal(&self) -> ApiError {
        let empty: Vec<_> = self.policies.iter().filter(|(_, it)| !it.wait.is_zero()).collect();
        let names: Vec<&'static str> = empty.iter().map(|(it, _)| it.name).collect();
        let detail = match empty.first() {
            Some((policy, _)) => format!(
                "Only {} in {} seconds: the limit `{}`; see /v1/limits.",
                policy.rate.count,
                policy.rate.per.as_secs(),
                policy.name,
            ),
            None => "Too many requests; see /v1/limits.".to_owned(),
        };
        let wait = empty.iter().map(|(_, it)| it.wait).max().unwrap_or_default();
        let mut error = ApiError::new(ErrorCode::RateLimited, detail).retry_after(up(wait));
        error.more().violated = names;
        self.mark(&mut error.more().headers);
        error
    }
}

/// To whole seconds, up: who comes back a moment too early is refused again.
pub(crate) fn up(time: Duration) -> Duration {
    Duration::from_secs(time.as_secs() + u64::from(time.subsec_nanos() > 0))
}

fn quota(text: &mut String, policy: &Policy, _: &Level) -> fmt::Result {
    write!(text, "\"{}\";q={};w={}", policy.name, policy.rate.count, policy.rate.per.as_secs())
}

fn left(text: &mut String, policy: &Policy, level: &Level) -> fmt::Result {
    write!(text, "\"{}\";r={};t={}", policy.name, level.left, up(level.full_in).as_secs())
}
