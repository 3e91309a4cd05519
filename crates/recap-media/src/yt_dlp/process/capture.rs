//! What is kept of an output stream.

use rustix::process::Pid;
use tokio::io::{AsyncRead, AsyncReadExt};

use super::limits;

/// The first bytes of a stream, up to a limit. What comes after is read and
/// dropped: a full pipe would stop the child for good.
#[derive(Debug)]
pub(super) struct Capture {
    pub(super) bytes: Vec<u8>,
    /// Largest resident set of the child, as seen when it printed.
    pub(super) peak_memory_bytes: Option<u64>,
    limit: usize,
}

impl Capture {
    pub(super) fn new(limit: usize) -> Self {
        Self { bytes: Vec::new(), peak_memory_bytes: None, limit }
    }

    /// Reads to the end of `stream`. May be dropped at any time without losing
    /// what came before.
    pub(super) async fn fill(&mut self, stream: Option<impl AsyncRead + Unpin>, leader: Pid) {
        let Some(mut stream) = stream else { return };
        let mut chunk = vec![0; 8192];
        // A stream that breaks is at its end: the exit status says the rest.
        while let Ok(length @ 1..) = stream.read(&mut chunk).await {
            let room = self.limit - self.bytes.len();
            if room > 0 {
                self.bytes.extend_from_slice(&chunk[..length.min(room)]);
                self.peak_memory_bytes = self.peak_memory_bytes.max(limits::peak_memory(leader));
            }
        }
    }
}
