//! What the tests share.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;

use recap_config::{Config, WarmMode};
use recap_core::error::{ErrorCode, Failure};
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

/// Notes how it is called, and is a Python all the same: a warm one, unless
/// `%WARM%` does something else, or yt-dlp.
const PYTHON: &str = r#"#!/bin/sh
case "$*" in
    *"-m yt_dlp"*) echo cold >> '%CALLS%' ;;
    *) echo warm >> '%CALLS%'; %WARM% ;;
esac
exec '%PYTHON%' "$@"
"#;

/// A yt-dlp of which each call is written down.
pub(crate) struct Noting {
    program: PathBuf,
    calls: PathBuf,
}

impl Noting {
    /// `warm` is what its Python does first when it is to be a warm process.
    pub(crate) fn new(place: &Place, warm: &str) -> Self {
        let (program, calls) = (place.data.path().join("python"), place.data.path().join("calls"));
        let text = PYTHON
            .replace("%CALLS%", calls.to_str().unwrap())
            .replace("%PYTHON%", pinned().program.with_file_name("python").to_str().unwrap())
            .replace("%WARM%", if warm.is_empty() { ":" } else { warm });
        fs::write(&program, text).unwrap();
        fs::set_permissions(&program, Permissions::from_mode(0o755)).unwrap();
        Self { program, calls }
    }

    pub(crate) fn binary(&self) -> YtDlp {
        let arguments = ["-I", "-m", "yt_dlp"].map(Into::into).to_vec();
        let (program, version) = (self.program.clone(), pinned().version);
        YtDlp { program, arguments, version, origin: Origin::Managed }
    }

    /// How Python was called, one word a call.
    pub(crate) fn calls(&self) -> String {
        let calls = fs::read_to_string(&self.calls).unwrap();
        calls.split_whitespace().collect::<Vec<_>>().join(" ")
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
    source.captions(&CaptionRequest { video: video.parse().unwrap(), route: 0 }).await
}

/// An error in one line: class, code, whether a client may retry, and when.
pub(crate) fn told(error: &MediaError) -> String {
    let silent = Failure::from(ErrorCode::NoCaptions);
    let (class, failure, extra) = match error {
        MediaError::Silent(_) => ("silent", &silent, String::new()),
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
