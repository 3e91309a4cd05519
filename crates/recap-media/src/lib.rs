//! Captions and metadata from YouTube, through yt-dlp as a child process.
//!
//! Invariant: whatever happens to a run of yt-dlp, no process and no file is
//! left behind, its output and memory are bounded, and nothing that YouTube
//! said reaches a client: an error is a code and our own words.

mod yt_dlp;

use std::sync::Arc;

use recap_config::Config;
use recap_core::ports::MediaSource;

pub use yt_dlp::{Origin, YtDlp, YtDlpError, find, find_or_install, sweep};

/// The source that runs `binary`, as `config.media` says. Starts nothing yet.
pub fn connect(config: &Config, binary: YtDlp) -> Arc<dyn MediaSource> {
    Arc::new(yt_dlp::YtDlpSource::new(config, binary))
}
