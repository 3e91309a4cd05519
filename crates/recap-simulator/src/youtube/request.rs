//! A request, read completely: which host, which endpoint, which video.

use bytes::Bytes;
use hyper::body::Incoming;
use hyper::header::HOST;
use hyper::{HeaderMap, Method, Request};
use serde_json::Value;
use url::form_urlencoded;

use crate::http;
use crate::scenario::Endpoint;

/// yt-dlp sends a few kilobytes; an override may hold a watch page.
const LONGEST_BODY: usize = 4 << 20;

pub(super) struct Call {
    pub(super) tls: bool,
    pub(super) method: Method,
    pub(super) host: String,
    pub(super) path: String,
    /// Path and query, as asked.
    pub(super) target: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    query: Vec<(String, String)>,
}

impl Call {
    /// Reads a request that came through the tunnel to `tunnel`, or without one.
    /// `None` if its body is too long.
    pub(super) async fn read(tunnel: Option<&str>, request: Request<Incoming>) -> Option<Self> {
        let (head, body) = request.into_parts();
        let named = head.headers.get(HOST).and_then(|it| it.to_str().ok());
        let host = tunnel.or(head.uri.host()).or(named).unwrap_or_default();
        let query = head.uri.query().unwrap_or_default();
        Some(Self {
            tls: tunnel.is_some(),
            method: head.method,
            host: without_port(host).to_ascii_lowercase(),
            path: head.uri.path().to_owned(),
            target: head.uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
            query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            headers: head.headers,
            body: http::read(body, LONGEST_BODY).await?,
        })
    }

    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn endpoint(&self) -> Endpoint {
        match self.path.as_str() {
            "/watch" => Endpoint::Watch,
            "/youtubei/v1/next" => Endpoint::Next,
            "/youtubei/v1/player" => Endpoint::Player,
            "/api/timedtext" => Endpoint::Captions,
            "/videoplayback" => Endpoint::Media,
            "/playlist" | "/youtubei/v1/browse" | "/youtubei/v1/navigation/resolve_url" => {
                Endpoint::Playlist
            }
            _ => Endpoint::Other,
        }
    }

    /// The video that is asked about: in the query, or in the body of an API call.
    pub(super) fn video(&self) -> Option<String> {
        match self.endpoint() {
            Endpoint::Watch | Endpoint::Captions => self.query("v").map(str::to_owned),
            Endpoint::Media => self.query("id").map(str::to_owned),
            Endpoint::Next | Endpoint::Player => Some(self.json()?["videoId"].as_str()?.to_owned()),
            Endpoint::Playlist | Endpoint::Other => None,
        }
    }

    pub(super) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// Whether the control endpoints may be meant: plain HTTP to the port itself.
    pub(super) fn is_direct(&self) -> bool {
        !self.tls && matches!(self.host.as_str(), "127.0.0.1" | "localhost" | "")
    }
}

pub(super) fn without_port(authority: &str) -> &str {
    authority.rsplit_once(':').map_or(authority, |(host, _)| host)
}

/// Whether the simulator answers for this host.
pub(super) fn is_simulated(host: &str) -> bool {
    const DOMAINS: [&str; 7] = [
        "youtube.com",
        "youtu.be",
        "youtube-nocookie.com",
        "googleapis.com",
        "ytimg.com",
        "ggpht.com",
        "googlevideo.com",
    ];
    let host = host.to_ascii_lowercase();
    DOMAINS.iter().any(|domain| {
        host.strip_suffix(domain).is_some_and(|it| it.is_empty() || it.ends_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::{is_simulated, without_port};

    #[test]
    fn only_hosts_of_youtube_are_simulated() {
        for host in ["www.youtube.com", "YouTube.com", "rr1---sn-x.googlevideo.com", "i.ytimg.com"]
        {
            assert!(is_simulated(host), "{host}");
        }
        for host in ["example.org", "notyoutube.com", "youtube.com.example.org", "127.0.0.1", ""] {
            assert!(!is_simulated(host), "{host}");
        }
    }

    #[test]
    fn an_authority_may_have_a_port() {
        assert_eq!(without_port("www.youtube.com:443"), "www.youtube.com");
        assert_eq!(without_port("www.youtube.com"), "www.youtube.com");
    }
}
