//! Captions and metadata from YouTube, through yt-dlp as a child process.
//!
//! Invariant: whatever happens to a run of yt-dlp, no process and no file is
//! left behind, its output and memory are bounded, and nothing that YouTube
//! said reaches a client: an error is a code and our own words.

mod yt_dlp;

use std::path::PathBuf;
use std::sync::Arc;

use recap_config::Config;
use recap_core::load::Load;
use recap_core::ports::MediaSource;

pub use yt_dlp::{Origin, YtDlp, YtDlpError, find, find_ffmpeg, find_or_install, sweep};

/// The source that runs `binary`, as `config.media` says; with `ffmpeg` it brings
/// recordings as well. Starts nothing yet.
/// `load` says when memory is too short to keep yt-dlp warm.
pub fn connect(
    config: &Config,
    binary: YtDlp,
    ffmpeg: Option<PathBuf>,
    load: &Load,
) -> Arc<dyn MediaSource> {
    Arc::new(yt_dlp::YtDlpSource::new(config, binary, ffmpeg, load))
}

/// Whether `binary` can be kept warm: tries it out if the settings want it.
///
/// # Errors
///
/// Why not, in words for people; recap works without.
pub async fn check_warm(config: &Config, binary: &YtDlp) -> Result<(), String> {
    yt_dlp::Warm::new(config, binary, &Load::default())?.check().await
}
