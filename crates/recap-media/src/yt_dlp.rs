//! yt-dlp: found or installed, called, and understood.

mod args;
mod classify;
mod error;
mod locate;
mod manage;
mod output;
mod process;
mod redact;
mod route;
mod runner;
mod source;
mod warm;
mod work_dir;

use std::ffi::OsString;
use std::path::PathBuf;

pub use error::YtDlpError;
pub use locate::{find, find_ffmpeg};
pub use manage::find_or_install;
pub use work_dir::sweep;

pub(crate) use source::YtDlpSource;
pub(crate) use warm::Warm;

/// A yt-dlp that has answered `--version`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YtDlp {
    /// What is executed, an absolute path: yt-dlp itself, or the Python that
    /// runs it.
    pub program: PathBuf,
    /// What comes before yt-dlp's own arguments.
    pub arguments: Vec<OsString>,
    /// As in `2026.10.26`.
    pub version: String,
    pub origin: Origin,
}

/// Who chose this yt-dlp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The setting `media.ytdlp_path`.
    Setting,
    /// It is on the PATH.
    Path,
    /// recap's own copy, in the data directory.
    Managed,
}
