//! Event streams, read line by line.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::Context as _;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::lab::process::Process;
use crate::lab::{address, say_progress};
use crate::stress::wire::Wire;

/// How long the first event of all streams may take, and their ends.
const OPENED: Duration = Duration::from_secs(30);
const ENDED: Duration = Duration::from_mins(4);

/// What a stream said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) progress: usize,
    pub(super) end: usize,
}

impl Seen {
    fn note(&mut self, line: &str) {
        match line.trim_end() {
            "event: progress" => self.progress += 1,
            "event: end" => self.end += 1,
            _ => {}
        }
    }
}

/// Open streams.
pub(super) struct Streams(JoinSet<Seen>);

impl Streams {
    /// Opens one for each job, and returns when all have said something.
    pub(super) async fn open(process: &Process, jobs: &[String]) -> anyhow::Result<Self> {
        let server = address(&process.base())?;
        let (said, mut first) = mpsc::channel(jobs.len().max(1));
        let mut tasks = JoinSet::new();
        for job in jobs {
            tasks.spawn(follow(server, format!("/v1/jobs/{job}/events"), said.clone()));
        }
        let all = async {
            for done in 0..jobs.len() {
                first.recv().await;
                say_progress(done + 1, jobs.len());
            }
        };
        timeout(OPENED, all).await.context("not all streams said something")?;
        Ok(Self(tasks))
    }

    /// What each has said when the last of them has ended.
    pub(super) async fn ended(self) -> anyhow::Result<Vec<Seen>> {
        timeout(ENDED, self.0.join_all()).await.context("not all streams ended")
    }
}

/// Reads until the stream ends, or the connection does.
async fn follow(server: SocketAddr, path: String, said: mpsc::Sender<()>) -> Seen {
    let mut seen = Seen::default();
    let Ok(mut wire) = Wire::connect(server, Ipv4Addr::LOCALHOST).await else { return seen };
    let head = wire.head("GET", &path, &["connection: close"]);
    if wire.send(head.as_bytes()).await.is_err() {
        return seen;
    }
    while let Ok(line) = wire.line().await {
        let new = seen == Seen::default();
        seen.note(&line);
        if new && seen != Seen::default() {
            let _ = said.send(()).await;
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_counted_by_their_names() {
        let mut seen = Seen::default();
        let lines =
            ["5d\r\n", "id: 3.0\n", "event: progress\n", "data: event: end\n", "event: end\r\n"];
        for it in &lines {
            seen.note(it);
        }
        assert_eq!(seen, Seen { progress: 1, end: 1 });
    }
}
