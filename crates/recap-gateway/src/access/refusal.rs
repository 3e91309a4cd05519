//! How callers are turned away.

use actix_web::http::header::{HeaderValue, WWW_AUTHENTICATE};
use recap_core::ErrorCode;
use recap_core::key::Scope;
use recap_telemetry::metrics;

use crate::error::ApiError;

/// Why a caller was not let in, for the metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::Display)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum Reason {
    /// It did not say who it is.
    Missing,
    /// Its key is unknown, wrong, expired or revoked.
    Key,
    /// Its token is wrong, expired or not for us.
    Token,
    /// Its key or token is good, but not for this.
    Scope,
    /// There are no keys, and it is not on this machine.
    Remote,
    /// There are no keys, and it asked for another host.
    Host,
    /// There are no keys, and it is a web page of somebody else.
    Origin,
}

/// The same for all that is wrong with a key or token: who guesses must not learn
/// which part was right.
pub(crate) fn wrong(reason: Reason) -> ApiError {
    let detail = "The key or token is not known, or it has expired or been revoked.";
    let challenge = HeaderValue::from_static("Bearer realm=\"recap\", error=\"invalid_token\"");
    unauthorized(reason, detail, challenge)
}

pub(crate) fn missing() -> ApiError {
    let detail = "Say who asks: `Authorization: Bearer` and an API key.";
    unauthorized(Reason::Missing, detail, HeaderValue::from_static("Bearer realm=\"recap\""))
}

pub(crate) fn remote() -> ApiError {
    let detail = "There are no keys yet, so only this machine is served: `recap keys create` \
                  makes one.";
    unauthorized(Reason::Remote, detail, HeaderValue::from_static("Bearer realm=\"recap\""))
}

pub(crate) fn passed_on() -> ApiError {
    let detail = "There are no keys yet, and a proxy passed this on that `server.trusted_proxies` \
                  does not count: `recap keys create` makes a key.";
    unauthorized(Reason::Remote, detail, HeaderValue::from_static("Bearer realm=\"recap\""))
}

fn unauthorized(reason: Reason, detail: &'static str, challenge: HeaderValue) -> ApiError {
    let mut error = refused(reason, ErrorCode::Unauthorized, detail);
    error.more().headers.insert(WWW_AUTHENTICATE, challenge);
    error
}

pub(crate) fn lacking(scope: Scope) -> ApiError {
    let detail = format!("This needs the scope `{scope}`, which the key or token does not have.");
    let mut error = refused(Reason::Scope, ErrorCode::Forbidden, detail);
    let challenge =
        format!("Bearer realm=\"recap\", error=\"insufficient_scope\", scope=\"{scope}\"");
    let challenge = HeaderValue::from_str(&challenge).expect("a scope is a word");
    error.more().headers.insert(WWW_AUTHENTICATE, challenge);
    error
}

pub(crate) fn host() -> ApiError {
    let detail = "There are no keys, so only this machine's own names are served; add others to \
                  `server.allowed_hosts`.";
    refused(Reason::Host, ErrorCode::HostRefused, detail)
}

pub(crate) fn origin() -> ApiError {
    let detail = "There are no keys, so only this server's own pages are served; add others to \
                  `server.cors_origins`.";
    refused(Reason::Origin, ErrorCode::Forbidden, detail)
}

fn refused(
    reason: Reason,
    code: ErrorCode,
    detail: impl Into<std::borrow::Cow<'static, str>>,
) -> ApiError {
    metrics::caller_refused(&reason.to_string());
    ApiError::new(code, detail)
}
