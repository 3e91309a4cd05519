//! Why there is no yt-dlp to run, in words that say the mend.

use std::io;
use std::path::PathBuf;

/// There is no usable yt-dlp. Every message is for the operator and says what
/// to do.
#[derive(Debug, thiserror::Error)]
pub enum YtDlpError {
    /// None was found, and none was to be installed.
    #[error("there is no yt-dlp: install it, set `media.ytdlp_path`, or let recap install its own")]
    NotFound,
    /// The yt-dlp that the setting names does not work.
    #[error("`media.ytdlp_path` is {}, which does not work: {problem}", path.display())]
    Unusable { path: PathBuf, problem: String },
    /// `media.ytdlp_version` is not a version.
    #[error("`media.ytdlp_version` is not a version: write it as in 2026.10.26")]
    InvalidVersion,
    /// There is no Python to install yt-dlp with.
    #[error(
        "`media.python` is `{python}`, which was not found or does not run: install Python 3.11 or newer \
         (Debian and Ubuntu: `apt install python3 python3-venv`) or set `media.python` to one"
    )]
    PythonMissing { python: String },
    /// The Python is too old for this yt-dlp.
    #[error(
        "`{python}` is Python {found}, and yt-dlp needs 3.11 or newer: \
         install one and set `media.python` to it, as in `python3.12`"
    )]
    PythonTooOld { python: String, found: String },
    /// The Python cannot make virtual environments.
    #[error(
        "`{python}` cannot make virtual environments: install the module \
         (Debian and Ubuntu: `apt install python3-venv`)"
    )]
    VenvMissing { python: String },
    /// A step of the installation failed.
    #[error("could not install yt-dlp: {step} failed: {problem}")]
    Install { step: &'static str, problem: String },
    /// The installation took too long.
    #[error("could not install yt-dlp: it took longer than {seconds} seconds")]
    TooSlow { seconds: u64 },
    /// The data directory cannot be used.
    #[error(
        "could not use {}: {problem}; set `data.dir` to a directory that recap may write to",
        path.display()
    )]
    Io { path: PathBuf, problem: io::Error },
}

impl YtDlpError {
    pub(super) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |problem| Self::Io { path, problem }
    }
}
