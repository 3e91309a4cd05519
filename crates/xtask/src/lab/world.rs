//! YouTube and Gemini, simulated in this process.

use std::path::Path;
use std::time::Duration;

use recap_simulator::gemini::Gemini;
use recap_simulator::youtube::YouTube;
use tempfile::TempDir;

use super::process::Settings;
use super::tool;

/// The world around recap, and a directory for what it leaves.
pub(crate) struct World {
    pub(crate) youtube: YouTube,
    pub(crate) gemini: Gemini,
    dir: TempDir,
}

impl World {
    /// Gemini takes `answer` for each call, so that there is a middle.
    pub(crate) async fn start(answer: Duration) -> anyhow::Result<Self> {
        let dir = tempfile::tempdir()?;
        let youtube = YouTube::start(0, dir.path()).await?;
        let gemini = Gemini::start(0).await?;
        gemini.set_delay(answer);
        Ok(Self { youtube, gemini, dir })
    }

    pub(crate) fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// What lets a process live in it, with a data directory of its own.
    pub(crate) fn settings(&self) -> Settings {
        let mut settings = outside(&self.youtube, &self.gemini);
        settings.push(("GEMINI_API_KEY", "simulated".to_owned()));
        settings.push(("RECAP_DATA__DIR", self.dir().join("data").display().to_string()));
        settings.push(("RECAP_LOG__FORMAT", "json".to_owned()));
        settings
    }
}

/// The way to YouTube and Gemini, and the real yt-dlp.
pub(crate) fn outside(youtube: &YouTube, gemini: &Gemini) -> Settings {
    vec![
        ("RECAP_MEDIA__YTDLP_PATH", tool("yt-dlp/bin/yt-dlp").display().to_string()),
        ("RECAP_MEDIA__PROXY", youtube.proxy_url()),
        ("RECAP_MEDIA__CA_FILE", youtube.ca_file().display().to_string()),
        ("RECAP_GEMINI__BASE_URL", gemini.base_url()),
        ("RECAP_GEMINI__REQUESTS_PER_MINUTE", "0".to_owned()),
    ]
}

/// No limit to how often a client may ask: what is tried is what lies behind.
pub(crate) fn unlimited() -> Settings {
    let mut settings = vec![
        ("RECAP_LIMITS__OPEN_JOBS", "200000".to_owned()),
        ("RECAP_LIMITS__OPEN_JOBS_PER_CLIENT", "200000".to_owned()),
    ];
    let rates = [
        "RECAP_LIMITS__GLOBAL_SUBMITS_PER_MINUTE",
        "RECAP_LIMITS__SUBMITS_PER_MINUTE",
        "RECAP_LIMITS__READS_PER_MINUTE",
        "RECAP_LIMITS__LISTS_PER_MINUTE",
        "RECAP_LIMITS__CHANGES_PER_MINUTE",
    ];
    settings.extend(rates.map(|it| (it, "0".to_owned())));
    settings
}
