//! The HTTP server.

use std::net::IpAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::check::{between, seconds};
use crate::error::Problem;

/// The HTTP server: `[server]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ServerConfig {
    /// Address to listen on. Loopback only, as recap does not ask who calls.
    #[schema(value_type = String)]
    pub host: IpAddr,
    /// Port to listen on; 0 takes a free one. Also `PORT`.
    pub port: u16,
    /// Threads that serve requests.
    pub workers: usize,
    /// Connections that may wait to be accepted.
    pub backlog: u32,
    /// Open connections per thread; further ones wait.
    pub connections_per_worker: usize,
    /// Largest body of a request, in bytes.
    pub max_body_bytes: usize,
    /// How long a client may take to send a request's head, in seconds.
    pub client_timeout_seconds: u64,
    /// How long a connection without requests is kept, in seconds.
    pub keep_alive_seconds: u64,
    /// Longest a request may take, in seconds; also the longest `wait`.
    pub request_timeout_seconds: u64,
    /// Requests that may `wait` for a job at once; further ones are answered
    /// at once.
    pub max_waiters: usize,
    /// How long requests in hand may take to end at a stop, in seconds; at most
    /// 23, as a process is to be gone within 25.
    pub stop_seconds: u64,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            host: IpAddr::from([127, 0, 0, 1]),
            port: 8080,
            workers: 2,
            backlog: 128,
            connections_per_worker: 512,
            max_body_bytes: 10 * 1024,
            client_timeout_seconds: 10,
            keep_alive_seconds: 120,
            request_timeout_seconds: 60,
            max_waiters: 256,
            stop_seconds: 10,
        }
    }
}

impl ServerConfig {
    pub fn request_timeout(&self) -> Duration {
        Duration::from_secs(self.request_timeout_seconds)
    }

    pub(crate) fn check(&self, found: &mut Vec<Problem>) {
        if !self.host.is_loopback() {
            let mend = "use a loopback address such as 127.0.0.1: recap does not ask who calls; \
                        put a reverse proxy that does in front of it";
            found.push(Problem::invalid("server.host", mend));
        }
        between("server.workers", self.workers, 1, 64, found);
        between("server.backlog", self.backlog, 1, 65_535, found);
        between("server.connections_per_worker", self.connections_per_worker, 1, 65_535, found);
        between("server.max_body_bytes", self.max_body_bytes, 256, 1 << 20, found);
        seconds("server.client_timeout_seconds", self.client_timeout_seconds, 1, found);
        seconds("server.keep_alive_seconds", self.keep_alive_seconds, 0, found);
        between("server.request_timeout_seconds", self.request_timeout_seconds, 1, 300, found);
        between("server.max_waiters", self.max_waiters, 0, 65_535, found);
        between("server.stop_seconds", self.stop_seconds, 0, 23, found);
    }
}
