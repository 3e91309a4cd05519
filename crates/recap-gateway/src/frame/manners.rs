//! What every answer tells a browser: that it is data and nothing else, and which
//! other pages may read it.

mod cors;

use actix_web::dev::ServiceRequest;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use recap_config::ServerConfig;

use self::cors::Cors;
pub(super) use self::cors::Origin;

/// A year, in seconds: for so long a browser asks this name by HTTPS only.
const STRICT_TRANSPORT: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// A page that shows an answer must not run, load or frame anything.
const NOTHING: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// The headers of every answer, and who may read them.
pub(crate) struct Manners {
    cors: Cors,
    is_https: bool,
    /// Smallest body that is compressed, in bytes.
    pub(super) compress_from: usize,
}

impl Manners {
    pub(crate) fn new(config: &ServerConfig) -> Self {
        Self {
            cors: Cors::new(&config.cors_origins),
            is_https: config.public_url.starts_with("https://"),
            compress_from: config.compress_from_bytes,
        }
    }

    /// Which page sent `request`.
    pub(super) fn origin(&self, request: &ServiceRequest) -> Origin {
        self.cors.origin(request)
    }

    /// Adds what the handler has not said otherwise.
    pub(super) fn mark(&self, origin: &Origin, headers: &mut HeaderMap) {
        let say = |it| HeaderValue::from_static(it);
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, say("nosniff"));
        headers.insert(header::REFERRER_POLICY, say("no-referrer"));
        headers.insert(RESOURCE_POLICY, say("same-origin"));
        for (name, value) in
            [(header::CONTENT_SECURITY_POLICY, NOTHING), (header::CACHE_CONTROL, say("no-store"))]
        {
            if !headers.contains_key(&name) {
                headers.insert(name, value);
            }
        }
        if self.is_https {
            headers.insert(header::STRICT_TRANSPORT_SECURITY, STRICT_TRANSPORT);
        }
        self.cors.mark(origin, headers);
    }
}
