//! Redis.

use std::io::{self, Read as _, Write as _};
use std::path::Path;

use super::process::{Server, connect};
use crate::tools;

/// What is not told otherwise is not written to disk.
const IN_MEMORY: [&str; 4] = ["--save", "", "--appendonly", "no"];

/// A Redis of its own, on a free port of loopback. It is killed when it is
/// dropped.
pub struct Redis {
    server: Server,
    url: String,
}

impl Redis {
    /// Starts one that keeps everything in memory.
    ///
    /// # Panics
    ///
    /// When it is not installed or does not answer.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts one with further settings, as on its command line:
    /// `["--maxmemory", "8mb", "--maxmemory-policy", "allkeys-lru"]`.
    ///
    /// # Panics
    ///
    /// When it is not installed, does not take the settings or does not answer.
    pub fn start_with(settings: &[&str]) -> Self {
        let program = tools::redis_server();
        let server = Server::start(&program, answers, |dir, port| arguments(dir, port, settings));
        let url = format!("redis://127.0.0.1:{}", server.port());
        Self { server, url }
    }

    /// `redis://127.0.0.1:PORT`, also while it is stopped.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Kills it, as a crash would; clients lose their connections and get no new
    /// ones. Does nothing if it is stopped already.
    pub fn stop(&mut self) {
        self.server.stop();
    }

    /// Starts it on the same port, empty unless its settings made it keep its
    /// data; stops it first if it runs.
    ///
    /// # Panics
    ///
    /// When it does not answer.
    pub fn start_again(&mut self) {
        self.server.start_again();
    }
}

fn arguments(dir: &Path, port: u16, settings: &[&str]) -> Vec<String> {
    let (dir, port) = (dir.display().to_string(), port.to_string());
    let ours = ["--bind", "127.0.0.1", "--port", &port, "--dir", &dir];
    // The last one of two settings of the same name counts.
    [&ours[..], &IN_MEMORY, settings].concat().into_iter().map(str::to_owned).collect()
}

/// Whether it answers a `PING`; while it still loads its data, it refuses.
fn answers(port: u16) -> bool {
    let ping = || -> io::Result<bool> {
        let mut stream = connect(port)?;
        stream.write_all(b"PING\r\n")?;
        let mut answer = [0; 5];
        stream.read_exact(&mut answer)?;
        Ok(answer == *b"+PONG")
    };
    ping().unwrap_or(false)
}
