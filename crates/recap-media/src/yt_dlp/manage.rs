//! recap's own copy of yt-dlp: installed into the data directory when there is
//! none, complete or not at all.
//!
//! It is made beside its final place and renamed when it works, so a killed
//! installation is never taken for a finished one. What pip installs as
//! `bin/yt-dlp` names the directory it was made in, so it is not used: the
//! copy runs as `bin/python -I -m yt_dlp`, which finds its files relative to
//! itself, wherever the directory is moved and whatever it is called. `-I`
//! matters: a plain `-m` would load plugins from the working directory.

mod install;
mod setup;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use recap_config::Config;

use super::locate;
use super::{Origin, YtDlp, YtDlpError};

/// How long an installation may take, waiting for another process included.
const DEADLINE: Duration = Duration::from_mins(5);

/// Finds a yt-dlp as [`find`](super::find) does, and installs recap's own copy
/// if there is none. `say` gets a line for people before each step.
///
/// Installing takes 10 s of CPU and up to 5 minutes, and needs a Python and a
/// package index. Several processes may call it at once: one installs, the
/// others wait for it.
///
/// # Errors
///
/// If the yt-dlp in the setting does not work, or the installation fails;
/// every message names the mend.
pub async fn find_or_install(
    config: &Config,
    search_path: Option<OsString>,
    say: impl Fn(&str),
) -> Result<YtDlp, YtDlpError> {
    match locate::find(config, search_path.clone()).await {
        Err(YtDlpError::NotFound) => {
            install::install(config, &search_path.unwrap_or_default(), &say).await
        }
        found => found,
    }
}

/// recap's own copy, if it is there and works. Changes of the system's Python
/// break it, so it is tried every time; it is installed again then.
pub(super) async fn installed(config: &Config) -> Result<YtDlp, YtDlpError> {
    let directory = home(config)?.join(version_of(config)?);
    let program = python_in(&directory);
    if !program.exists() {
        return Err(YtDlpError::NotFound);
    }
    let arguments = arguments();
    match locate::version(config, &program, &arguments).await {
        Ok(version) => Ok(YtDlp { program, arguments, version, origin: Origin::Managed }),
        Err(problem) => {
            tracing::warn!(problem, "recap's own yt-dlp does not work");
            Err(YtDlpError::NotFound)
        }
    }
}

/// `<data dir>/yt-dlp`, absolute.
fn home(config: &Config) -> Result<PathBuf, YtDlpError> {
    let path = config.data.dir.join("yt-dlp");
    std::path::absolute(&path).map_err(YtDlpError::io(path))
}

/// The version becomes a directory's name and pip's argument.
fn version_of(config: &Config) -> Result<&str, YtDlpError> {
    let version = config.media.ytdlp_version.as_str();
    let allowed = |it: char| it.is_ascii_alphanumeric() || it == '.';
    let first = version.starts_with(|it: char| it.is_ascii_digit());
    if first && version.chars().all(allowed) {
        Ok(version)
    } else {
        Err(YtDlpError::InvalidVersion)
    }
}

fn python_in(directory: &Path) -> PathBuf {
    directory.join("bin").join("python")
}

fn arguments() -> Vec<OsString> {
    ["-I", "-m", "yt_dlp"].map(OsString::from).to_vec()
}
