//! The HTTP server.

use std::net::IpAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::check::{base_url, between, hosts, origins, seconds, url};
use crate::error::Problem;

/// The HTTP server: `[server]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ServerConfig {
    /// Address to listen on. Other than loopback only once there is a key
    /// (`recap keys create`) or `[auth]` takes tokens.
    #[schema(value_type = String)]
    pub host: IpAddr,
    /// Port to listen on; 0 takes a free one. Also `PORT`.
    pub port: u16,
    /// Where clients reach this server, as in `https://recap.example.org`; goes
    /// before the paths of URLs in messages. Empty: they are paths alone.
    pub public_url: String,
    /// Our own address as the platform sees it from outside. A process that works
    /// on jobs asks for it now and then, so that it is not put to sleep meanwhile;
    /// one that has none does not. By the rules of `[webhooks]`. Also
    /// `RENDER_EXTERNAL_URL`, which Render sets. Empty: never.
    pub keep_awake_url: String,
    /// How often it asks, in seconds.
    pub keep_awake_seconds: u64,
    /// Threads that serve requests.
    pub workers: usize,
    /// Connections that may wait to be accepted.
    pub backlog: u32,
    /// Open connections per thread; further ones wait.
    pub connections_per_worker: usize,
    /// Proxies in front of this server. With `n`, a client's address is the `n`th
    /// from the right of `X-Forwarded-For`; with 0 the header counts for nothing,
    /// as anybody can write one, and while there are no keys what has it is refused.
    pub trusted_proxies: usize,
    /// Web pages that may call this server, as in `https://app.example.org`, or
    /// `*` alone for all. None: only pages of its own.
    pub cors_origins: Vec<String>,
    /// `Host` names that are served without keys, besides this machine's own: a
    /// page that makes its name point at this machine must not get in.
    pub allowed_hosts: Vec<String>,
    /// Largest body of a request, in bytes.
    pub max_body_bytes: usize,
    /// Largest body of a request that brings its own transcript, in bytes.
    pub max_transcript_bytes: usize,
    /// How long a client may take to send a request's head, in seconds.
    pub client_timeout_seconds: u64,
    /// How long a client may leave an answer unread, in seconds; then its
    /// connection is cut, and what was kept for it is free.
    pub write_timeout_seconds: u64,
    /// How long a connection without requests is kept, in seconds.
    pub keep_alive_seconds: u64,
    /// Longest a request may take, in seconds; also the longest `wait`.
    pub request_timeout_seconds: u64,
    /// Requests that may `wait` for a job at once; further ones are answered
    /// at once.
    pub max_waiters: usize,
    /// Event streams that may be open at once; each holds a connection.
    pub max_streams: usize,
    /// After that long without news an event stream says that it is there, in
    /// seconds: proxies cut what is silent.
    pub stream_heartbeat_seconds: u64,
    /// Answers of at least so many bytes are compressed for clients that take
    /// gzip; for smaller ones it is not worth the time.
    pub compress_from_bytes: usize,
    /// How long requests in hand may take to end at a stop, in seconds; at most
    /// 23, as a process is to be gone within 25.
    pub stop_seconds: u64,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            host: IpAddr::from([127, 0, 0, 1]),
            port: 8080,
            public_url: String::new(),
            keep_awake_url: String::new(),
            keep_awake_seconds: 600,
            trusted_proxies: 0,
            cors_origins: Vec::new(),
            allowed_hosts: Vec::new(),
            workers: 2,
            backlog: 128,
            connections_per_worker: 512,
            max_body_bytes: 10 * 1024,
            max_transcript_bytes: 2 << 20,
            client_timeout_seconds: 10,
            write_timeout_seconds: 30,
            keep_alive_seconds: 120,
            request_timeout_seconds: 60,
            max_waiters: 256,
            max_streams: 256,
            stream_heartbeat_seconds: 15,
            compress_from_bytes: 4096,
            stop_seconds: 10,
        }
    }
}

impl ServerConfig {
    pub fn request_timeout(&self) -> Duration {
        Duration::from_secs(self.request_timeout_seconds)
    }

    /// How often a process that works asks for its own address, and for which.
    pub fn keep_awake(&self) -> Option<(&str, Duration)> {
        let url = Some(self.keep_awake_url.as_str()).filter(|it| !it.is_empty())?;
        Some((url, Duration::from_secs(self.keep_awake_seconds)))
    }

    /// How long an answer may stay unread.
    pub fn write_timeout(&self) -> Duration {
        Duration::from_secs(self.write_timeout_seconds)
    }

    /// After that long without news an event stream says that it is there.
    pub fn stream_heartbeat(&self) -> Duration {
        Duration::from_secs(self.stream_heartbeat_seconds)
    }

    pub(crate) fn check(&self, found: &mut Vec<Problem>) {
        if !self.public_url.is_empty() {
            base_url("server.public_url", &self.public_url, found);
        }
        if !self.keep_awake_url.is_empty() {
            url("server.keep_awake_url", &self.keep_awake_url, found);
        }
        seconds("server.keep_awake_seconds", self.keep_awake_seconds, 1, found);
        between("server.trusted_proxies", self.trusted_proxies, 0, 16, found);
        origins("server.cors_origins", &self.cors_origins, found);
        hosts("server.allowed_hosts", &self.allowed_hosts, found);
        between("server.workers", self.workers, 1, 64, found);
        between("server.backlog", self.backlog, 1, 65_535, found);
        between("server.connections_per_worker", self.connections_per_worker, 1, 65_535, found);
        between("server.max_body_bytes", self.max_body_bytes, 256, 1 << 20, found);
        let most = 16 << 20;
        between("server.max_transcript_bytes", self.max_transcript_bytes, 1024, most, found);
        seconds("server.client_timeout_seconds", self.client_timeout_seconds, 1, found);
        between("server.write_timeout_seconds", self.write_timeout_seconds, 1, 3600, found);
        seconds("server.keep_alive_seconds", self.keep_alive_seconds, 0, found);
        between("server.request_timeout_seconds", self.request_timeout_seconds, 1, 300, found);
        between("server.max_waiters", self.max_waiters, 0, 65_535, found);
        between("server.max_streams", self.max_streams, 0, 65_535, found);
        between("server.stream_heartbeat_seconds", self.stream_heartbeat_seconds, 1, 300, found);
        between("server.compress_from_bytes", self.compress_from_bytes, 256, 16 << 20, found);
        between("server.stop_seconds", self.stop_seconds, 0, 23, found);
    }
}
