//! The ports that reach strangers: yt-dlp, the summariser, receivers of messages.

use std::ffi::OsString;
use std::sync::Arc;

use anyhow::Context as _;
use recap_config::Config;
use recap_core::jobs::Clock;
use recap_media::YtDlp;
use recap_role::Ports;
use tracing::{info, warn};

use crate::context::Outside;

/// Finds yt-dlp, or installs recap's own copy and says so through `say`.
///
/// # Errors
///
/// Says what is missing and the mend.
pub async fn outside(
    config: &Config,
    search_path: Option<OsString>,
    clock: &Clock,
    ports: &Ports,
    say: impl Fn(&str) + Send + Sync,
) -> anyhow::Result<Outside> {
    match recap_media::sweep(config) {
        Ok(0) => {}
        Ok(removed) => info!(removed, "work directories of dead processes removed"),
        Err(error) => warn!(%error, "work directories of dead processes could not be looked for"),
    }
    let ffmpeg = recap_media::find_ffmpeg(config, search_path.as_deref());
    let found = recap_media::find_or_install(config, search_path, say).await;
    let yt_dlp: YtDlp = found.context("yt-dlp cannot be used")?;
    let connected =
        recap_summarize::connect(config, Arc::clone(clock), Arc::clone(&ports.shared.limits))?;
    let notifier = recap_notify::connect(config, &recap_notify::system_lookup())
        .context("messages cannot be sent")?;
    Ok(Outside {
        media: recap_media::connect(config, yt_dlp, ffmpeg, &ports.load),
        summarizer: connected.summarizer,
        fallback: connected.fallback,
        notifier,
    })
}
