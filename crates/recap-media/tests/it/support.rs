//! What the tests share.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use recap_config::{Config, WarmMode};
use recap_core::ports::{CaptionRequest, Captions, MediaError, MediaSource};
use recap_media::{Origin, YtDlp};
use recap_simulator::youtube::YouTube;
use tempfile::TempDir;
use tokio::time::timeout;

pub(crate) fn pinned() -> YtDlp {
    YtDlp {
        program: recap_testkit::tools::yt_dlp(),
        arguments: Vec::new(),
        version: "2026.10.26".to_owned(),
        origin: Origin::Setting,
    }
}

/// Settings on a data directory of their own.
pub(crate) struct Place {
    pub(crate) config: Config,
    pub(crate) data: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        data.path().clone_into(&mut config.data.dir);
        config.media.warm = WarmMode::Off;
        Self { config, data }
    }

    /// With a simulated YouTube in place of the real one.
    pub(crate) async fn with_youtube() -> (Self, YouTube) {
        let mut place = Self::new();
        let youtube = YouTube::start(0, &place.data.path().join("youtube")).await.unwrap();
        place.config.media.proxy = youtube.proxy_url();
        youtube.ca_file().clone_into(&mut place.config.media.ca_file);
        (place, youtube)
    }

    /// Waits until all work directories are gone: that of a warm process goes
    /// when its source is dropped, a moment later.
    pub(crate) async fn until_nothing_is_left(&self) {
        let gone = async {
            while self.work_left() > 0 || !self.processes().is_empty() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(Duration::from_secs(20), gone).await.expect("everything goes");
    }

    /// Processes that work somewhere in the data directory.
    pub(crate) fn processes(&self) -> Vec<i32> {
        let processes = fs::read_dir("/proc").unwrap().flatten().map(|it| it.path());
        let here = |it: &PathBuf| {
            fs::read_link(it.join("cwd")).is_ok_and(|it| it.starts_with(self.data.path()))
        };
        let id = |it: PathBuf| it.file_name()?.to_str()?.parse().ok();
        processes.filter(here).filter_map(id).collect()
    }

    /// Work directories that are there.
    pub(crate) fn work_left(&self) -> usize {
        let entries = fs::read_dir(self.data.path().join("work"));
        let runs = |it: &fs::DirEntry| it.file_name().to_string_lossy().starts_with("run-");
        entries.map_or(0, |it| it.flatten().filter(runs).count())
    }
}

pub(crate) async fn ask(source: &dyn MediaSource, video: &str) -> Result<Captions, MediaError> {
    source.captions(&CaptionRequest { video: video.parse().unwrap() }).await
}

/// An error in one line: class, code, whether a client may retry, and when.
pub(crate) fn told(error: &MediaError) -> String {
    let (class, failure, extra) = match error {
        MediaError::Resting { .. } => panic!("only a breaker says so"),
        MediaError::Permanent(failure) => ("permanent", failure, String::new()),
        MediaError::Transient { failure, .. } => ("transient", failure, String::new()),
        MediaError::Blocked { failure, after } => {
            ("blocked", failure, format!(" {}s", after.as_secs()))
        }
        MediaError::NotYet { failure, until } => {
            let known = if until.is_some() { " with its start" } else { "" };
            ("not yet", failure, known.to_owned())
        }
    };
    let retryable = if failure.retryable { " retryable" } else { "" };
    format!("{class} {}{retryable}{extra}", failure.code)
}
