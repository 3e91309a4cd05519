//! Compresses answers where it pays: text that is in memory anyway, and long.

use std::io::Write as _;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ResponseHead, ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::web::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

/// Half the size of a transcript goes with the first levels, and the time with the
/// later ones.
const LEVEL: Compression = Compression::new(2);

/// Whether the answer to a request may be compressed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Packing {
    takes_gzip: bool,
    from_bytes: usize,
}

impl Packing {
    pub(super) fn of(request: &ServiceRequest, from_bytes: usize) -> Self {
        // An answer without a body is not worth making one for.
        let has_body = request.method() != Method::HEAD;
        Self { takes_gzip: has_body && takes_gzip(request.headers()), from_bytes }
    }

    /// The same answer, smaller if that pays and the client takes it.
    pub(super) fn pack(self, answer: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
        answer.map_body(|head, body| {
            let long = matches!(body.size(), BodySize::Sized(it) if it >= self.from_bytes as u64);
            if !long || !is_text(head) {
                return body;
            }
            head.headers_mut().append(header::VARY, HeaderValue::from_static("accept-encoding"));
            if !self.takes_gzip {
                return body;
            }
            // What is not in memory, such as a stream, stays as it is.
            let bytes = match body.try_into_bytes() {
                Ok(bytes) => bytes,
                Err(body) => return body,
            };
            let gzip = HeaderValue::from_static("gzip");
            head.headers_mut().insert(header::CONTENT_ENCODING, gzip);
            BoxBody::new(gzipped(&bytes))
        })
    }
}

fn gzipped(bytes: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 3), LEVEL);
    encoder.write_all(bytes).expect("a vector takes everything");
    encoder.finish().expect("a vector takes everything").into()
}

/// Whether the answer is a whole text that nobody has named exactly.
fn is_text(head: &ResponseHead) -> bool {
    let text = |name| head.headers.get(name).and_then(|it| it.to_str().ok());
    let media_type = text(header::CONTENT_TYPE).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    let is_text = essence.starts_with("text/") || essence.ends_with("json");
    let is_stream = essence == "text/event-stream";
    let is_exact = text(header::ETAG).is_some_and(|it| !it.starts_with("W/"));
    let is_whole = head.status.is_success() && head.status != StatusCode::PARTIAL_CONTENT;
    let is_packed = head.headers.contains_key(header::CONTENT_ENCODING);
    is_whole && !is_packed && !is_exact && is_text && !is_stream
}

/// Whether gzip is among what the client takes (RFC 9110, 12.5.3).
pub(crate) fn takes_gzip(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(header::ACCEPT_ENCODING).filter_map(|it| it.to_str().ok());
    let mut any = false;
    for item in lines.flat_map(|it| it.split(',')) {
        let mut parts = item.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let quality = parts.find_map(|it| it.strip_prefix("q=")?.trim().parse::<f32>().ok());
        let wanted = quality.is_none_or(|it| it > 0.0);
        if name.eq_ignore_ascii_case("gzip") {
            return wanted;
        }
        any |= name == "*" && wanted;
    }
    any
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[track_caller]
    fn check(accepted: &str, expected: bool) {
        let request = TestRequest::get().insert_header((header::ACCEPT_ENCODING, accepted));
        assert_eq!(takes_gzip(request.to_srv_request().headers()), expected, "{accepted}");
    }

    #[test]
    fn gzip_is_taken_when_it_is_said() {
        check("gzip", true);
        check("br, GZIP;q=0.5, deflate", true);
        check("*", true);
        check("br;q=1.0, *;q=0.1", true);
        check("", false);
        check("br", false);
        check("identity", false);
        check("gzip;q=0", false);
        check("*, gzip; q=0.0", false);
        check("*;q=0", false);
    }
}
