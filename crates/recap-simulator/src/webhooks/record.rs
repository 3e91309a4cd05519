//! What a receiver was sent.

use bytes::Bytes;
use hyper::http::request::Parts;
use serde::{Serialize, Serializer};

/// One request, as it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReceivedRequest {
    pub method: String,
    /// With the query.
    pub path: String,
    /// In their order; names are in lower case.
    pub headers: Vec<(String, String)>,
    /// As text in JSON, where bytes that are no UTF-8 are replaced.
    #[serde(serialize_with = "as_text")]
    pub body: Bytes,
    /// False if the body was longer than 64 kB, or broke off; none of it is kept.
    pub complete: bool,
}

impl ReceivedRequest {
    pub(super) fn new(head: &Parts, body: Option<Bytes>) -> Self {
        let text = |it: &[u8]| String::from_utf8_lossy(it).into_owned();
        let headers = head.headers.iter();
        Self {
            method: head.method.to_string(),
            path: head.uri.to_string(),
            headers: headers.map(|(k, v)| (k.to_string(), text(v.as_bytes()))).collect(),
            complete: body.is_some(),
            body: body.unwrap_or_default(),
        }
    }

    /// The value of a header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|it| it.0 == name).map(|it| it.1.as_str())
    }
}

fn as_text<S: Serializer>(body: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
    String::from_utf8_lossy(body).serialize(serializer)
}
