//! YouTube as yt-dlp sees it: a proxy that answers for every host of YouTube.
//!
//! One port speaks `CONNECT` with TLS inside, absolute-form proxy requests and
//! plain origin-form requests. yt-dlp needs no other flags than in production:
//! `http_proxy`, `https_proxy` and `SSL_CERT_FILE` in its environment are enough.
//!
//! Control, in plain HTTP: `GET /__log`, `POST /__reset`, `GET /ca.pem`,
//! `POST /__delay {"milliseconds": 250}`, which holds back every answer of the
//! player API, and `POST /__override {"VIDEO": {"watch": "…", "player": {…},
//! "next": {…}, "timedtext": "…"}}`, which replaces answers for one video, and `POST
//! /__disguise {"scenario": "er_botchk01"}`, after which every video is as that one.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::scenario::Scenario;
use crate::server::Server;

mod captions;
mod certificates;
mod connection;
mod control;
mod formats;
mod large;
mod log;
mod media;
mod next;
mod page;
mod playability;
mod player;
mod playlist;
mod range;
mod request;
mod router;
mod shared;
mod timedtext;
mod trouble;

pub use log::RequestRecord;
use shared::Shared;

/// A simulated YouTube on a port of loopback.
pub struct YouTube {
    shared: Arc<Shared>,
    server: Server,
    ca_file: PathBuf,
}

impl YouTube {
    /// Starts on `127.0.0.1:port` (0 = any free port). The certificate authority
    /// is made anew in memory; its certificate is written to `dir/ca.pem`.
    ///
    /// # Errors
    ///
    /// If the port is taken or `dir` cannot be written.
    pub async fn start(port: u16, dir: &Path) -> io::Result<Self> {
        let identity = certificates::generate().map_err(io::Error::other)?;
        let ca_file = dir.join("ca.pem");
        tokio::fs::create_dir_all(dir).await?;
        tokio::fs::write(&ca_file, &identity.ca_pem).await?;

        let shared = Arc::new(Shared::new(identity));
        let serving = shared.clone();
        let handle = move |stream| connection::serve(serving.clone(), stream);
        let server = Server::start(port, handle).await?;
        Ok(Self { shared, server, ca_file })
    }

    /// For `http_proxy` and `https_proxy`.
    pub fn proxy_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.server.port())
    }

    /// For `SSL_CERT_FILE`.
    pub fn ca_file(&self) -> &Path {
        &self.ca_file
    }

    /// What was asked, oldest first; only the last 10 000 requests are kept.
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.shared.log.list()
    }

    /// Every answer of the player API waits this long, until [`Self::reset`].
    pub fn set_player_delay(&self, delay: Duration) {
        self.shared.player_delay.set(delay);
    }

    /// What is heard in every video from now on: `WebM` with Opus, as long as the longest
    /// video that is listened to.
    pub fn set_sound(&self, sound: Bytes) {
        self.shared.set_sound(sound);
    }

    /// Every video is as this one, until [`Self::reset`].
    pub fn disguise(&self, scenario: Option<&'static Scenario>) {
        self.shared.disguise(scenario);
    }

    /// Forgets the requests, the overrides, the disguise and the delay.
    pub fn reset(&self) {
        self.shared.reset();
    }

    /// Closes every connection, also those that hang on purpose, and waits for
    /// the tasks behind them.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}
