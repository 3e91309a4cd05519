//! `SecantusDB`, a server of MongoDB's wire protocol on MongoDB's storage engine.

use std::fs;
use std::path::Path;

use super::process::{Server, connect};
use crate::tools;

/// A database server of its own, on a free port of loopback. It is killed when it
/// is dropped.
///
/// It is always `SecantusDB`: a server that was given by `TEST_MONGODB_URI` could
/// not be stopped.
pub struct MongoDb {
    server: Server,
    url: String,
    lasting: bool,
}

impl MongoDb {
    /// Starts an empty one, which forgets everything when it is stopped.
    ///
    /// # Panics
    ///
    /// When it is not installed or does not answer.
    pub fn start() -> Self {
        Self::new(false)
    }

    /// Starts an empty one that keeps, when it is stopped, all that it has
    /// acknowledged.
    ///
    /// # Panics
    ///
    /// When it is not installed or does not answer.
    pub fn lasting() -> Self {
        Self::new(true)
    }

    fn new(lasting: bool) -> Self {
        let program = tools::secantusd();
        let server = Server::start(&program, answers, |dir, port| arguments(dir, port, lasting));
        let url = format!("mongodb://127.0.0.1:{}", server.port());
        Self { server, url, lasting }
    }

    /// `mongodb://127.0.0.1:PORT`, also while it is stopped.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Kills it, as a crash would; clients lose their connections and get no new
    /// ones. Does nothing if it is stopped already.
    pub fn stop(&mut self) {
        self.server.stop();
    }

    /// Starts it on the same port, empty unless it is [`Self::lasting`]; stops it
    /// first if it runs.
    ///
    /// # Panics
    ///
    /// When it does not answer.
    pub fn start_again(&mut self) {
        self.stop();
        if !self.lasting {
            fs::remove_dir_all(data(self.server.dir())).expect("its own directory can be emptied");
        }
        self.server.start_again();
    }
}

fn arguments(dir: &Path, port: u16, lasting: bool) -> Vec<String> {
    // Without a file of settings it looks for one in the user's home.
    let settings = dir.join("secantusd.toml");
    fs::write(&settings, "").expect("its own directory can be written");
    let (settings, data) = (settings.display().to_string(), data(dir).display().to_string());
    let port = port.to_string();
    let ours = ["--config", &settings, "--host", "127.0.0.1", "--port", &port];
    let kept = ["--storage-path", &data, "--cache-size", "256M"];
    // Without it, a kill loses the writes of the last tenth of a second, as with `w: 1` on MongoDB.
    let synced = if lasting { &["--sync-on-commit"][..] } else { &[] };
    [&ours[..], &kept, synced].concat().into_iter().map(str::to_owned).collect()
}

fn data(dir: &Path) -> std::path::PathBuf {
    dir.join("data")
}

/// It listens as soon as its storage is open, and not before.
fn answers(port: u16) -> bool {
    connect(port).is_ok()
}
