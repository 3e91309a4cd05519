//! The name of a request, the same in its answer, its problem and its log.

use std::fmt;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use ulid::Ulid;

pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longest id taken over from a client, in characters.
const MAX_LENGTH: usize = 64;

/// At most 64 of `A-Z a-z 0-9 . _ -`.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(String);

impl RequestId {
    /// The client's own if it is sane, else a new one: what is not sane could
    /// forge lines in a log.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let given = headers.get(&REQUEST_ID).and_then(|it| it.to_str().ok());
        match given.filter(|it| is_sane(it)) {
            Some(id) => Self(id.to_owned()),
            None => Self(format!("req_{}", Ulid::generate())),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn header(&self) -> HeaderValue {
        HeaderValue::from_str(&self.0).expect("an id is visible ASCII")
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_sane(id: &str) -> bool {
    let allowed = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'.' | b'_' | b'-');
    (1..=MAX_LENGTH).contains(&id.len()) && id.bytes().all(allowed)
}
