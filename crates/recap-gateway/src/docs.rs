//! The documentation for people: one page, written from the OpenAPI document, so
//! that it needs no script, no other server, and no care.

mod example;
mod html;
mod operation;
mod page;
mod schema;

use actix_web::HttpRequest;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
    VARY,
};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, HttpResponseBuilder};
use flate2::Compression;
use flate2::write::GzEncoder;
use recap_core::key::digest;
use serde_json::Value;
use std::io::Write as _;

use crate::frame::takes_gzip;

/// What the page may load: its own style, and nothing else.
const POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

/// Asked for again after that long, which costs nothing if it is the same.
const FRESH: &str = "public, max-age=300";

/// All that is served as it is.
pub(crate) struct Docs {
    pub(crate) openapi: Asset,
    pub(crate) page: Asset,
    pub(crate) style: Asset,
}

impl Docs {
    pub(crate) fn new() -> Self {
        let document = crate::openapi();
        let json = document.to_json().expect("the document is plain data");
        let value: Value = serde_json::from_str(&json).expect("it has just been written");
        Self {
            openapi: Asset::new("application/json", json),
            page: Asset::new("text/html; charset=utf-8", page::render(&value)),
            style: Asset::new("text/css; charset=utf-8", include_str!("docs/style.css")),
        }
    }
}

/// Something that is always the same, held plain and compressed.
pub(crate) struct Asset {
    content_type: &'static str,
    plain: Bytes,
    gzip: Bytes,
    /// Weak: both forms have it.
    etag: String,
}

impl Asset {
    fn new(content_type: &'static str, text: impl Into<String>) -> Self {
        let text = text.into();
        let etag = format!("W/\"{}\"", &digest(&text)[..16]);
        Self { content_type, gzip: gzip(text.as_bytes()), plain: text.into(), etag }
    }

    pub(crate) fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let known = request.headers().get(IF_NONE_MATCH);
        let known = known.and_then(|it| it.to_str().ok()).is_some_and(|it| it.contains(&self.etag));
        if known {
            return self.head(&mut HttpResponse::NotModified()).finish();
        }
        let mut answer = HttpResponse::Ok();
        self.head(&mut answer).insert_header((CONTENT_TYPE, self.content_type));
        if takes_gzip(request.headers()) {
            return answer.insert_header((CONTENT_ENCODING, "gzip")).body(self.gzip.clone());
        }
        answer.body(self.plain.clone())
    }

    fn head<'a>(&self, answer: &'a mut HttpResponseBuilder) -> &'a mut HttpResponseBuilder {
        answer
            .insert_header((ETAG, self.etag.as_str()))
            .insert_header((CACHE_CONTROL, FRESH))
            .insert_header((CONTENT_SECURITY_POLICY, POLICY))
            .insert_header((VARY, "accept-encoding"))
    }
}

fn gzip(bytes: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("a vector takes everything");
    encoder.finish().expect("a vector takes everything").into()
}
