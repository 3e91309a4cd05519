//! How yt-dlp is found and called.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::egress::{self, EgressConfig};
use crate::check::{between, file, seconds, url};
use crate::error::Problem;
use crate::secret::without_login;

/// How yt-dlp is found and called: `[media]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MediaConfig {
    /// The yt-dlp to run. Empty: the one on the PATH, else recap's own copy,
    /// which is installed into the data directory when there is none.
    pub ytdlp_path: String,
    /// The ffmpeg that cuts what is heard out of a video, with ffprobe beside it. Empty:
    /// the one on the PATH; without one no video is listened to.
    pub ffmpeg_path: String,
    /// Version of recap's own copy.
    pub ytdlp_version: String,
    /// The Python (3.11 or newer) that recap's own copy is installed with.
    pub python: String,
    /// First choice of `--extractor-args`: no watch page, three requests.
    pub extractor_args: String,
    /// Second choice, used when the first one is refused. Empty: none.
    pub fallback_extractor_args: String,
    /// Longest silence of one read of yt-dlp, in seconds.
    pub socket_timeout_seconds: u64,
    /// Longest run of one yt-dlp process, in seconds; then its whole process
    /// group is killed.
    pub deadline_seconds: u64,
    /// Most that is read of what yt-dlp prints, in bytes, per stream.
    pub max_output_bytes: usize,
    /// Largest caption file that is read, in bytes.
    pub max_caption_bytes: u64,
    /// Largest recording of one segment, in MiB; it is held in memory. Ten minutes of
    /// speech are 2 to 5.
    pub max_recording_mb: u64,
    /// Address space of one yt-dlp process, in MiB. It needs less than 100; a
    /// run that wants more ends as `out_of_memory` instead of taking recap with
    /// it. Held on Linux only.
    pub max_memory_mb: u64,
    /// Niceness of yt-dlp's processes: 19 gives them the CPU that nobody else wants,
    /// 0 as much as recap itself, whose answers would stand behind an interpreter
    /// then. Of use where both share a core; no run is slower on an idle one.
    pub niceness: u8,
    /// Proxy for yt-dlp, as in `http://127.0.0.1:3128`. Empty: none.
    #[serde(serialize_with = "without_login")]
    pub proxy: String,
    /// More ways to YouTube, which are tried in turn when one before was refused: up to
    /// eight lines of a name and what is different there, as in
    /// `home proxy=http://10.0.0.7:3128 cookies=/secrets/cookies.txt
    /// args=youtubepot-bgutilhttp:base_url=http://127.0.0.1:4416`, each part but the name
    /// as wanted. `cookies` names a file in the format of Netscape's browser; yt-dlp gets
    /// a copy, and what it changes there is saved back. A name is what attempts,
    /// logs and metrics call it; that of the way which `media.proxy` describes is `first`.
    #[schema(value_type = Vec<String>)]
    #[serde(deserialize_with = "egress::lines")]
    pub egress: Vec<EgressConfig>,
    /// Certificate authority for yt-dlp's connections, a PEM file. Empty: the
    /// system's.
    #[schema(value_type = String)]
    pub ca_file: PathBuf,
    /// How long an address that YouTube blocks is left alone, in seconds.
    pub block_pause_seconds: u64,
    /// Most videos that share one start of yt-dlp; 1: none do. Videos are gathered
    /// while yt-dlp is not kept warm (a fork costs less than its share) and another
    /// one is being fetched already, so this needs `worker.concurrency` above 2.
    pub batch_max: usize,
    /// Longest time that videos are gathered, in milliseconds; waiting for a slot
    /// comes on top.
    pub batch_window_ms: u64,
    /// Whether one process keeps yt-dlp imported and forks for each run, which
    /// then costs a sixth of the CPU and the process 45 MB while there is work.
    /// On Linux only.
    pub warm: WarmMode,
    /// With `auto`, least memory of the instance for the warm process, in MiB.
    pub warm_min_memory_mb: u64,
    /// The warm process is started anew after so many runs.
    pub warm_max_jobs: u32,
    /// And when it has grown by this much, in MiB.
    pub warm_max_growth_mb: u64,
    /// It ends when there was nothing to do for so long, in seconds.
    pub warm_idle_seconds: u64,
    /// Longest wait for its answer that it is there, or that a run has begun, in
    /// seconds.
    pub warm_start_seconds: u64,
    /// After so many faults in a row it is left off for a while.
    pub warm_max_faults: u32,
    /// How long it is left off then, in seconds.
    pub warm_pause_seconds: u64,
}

/// Whether yt-dlp is kept imported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WarmMode {
    /// If the instance has `media.warm_min_memory_mb`, and only while nothing is
    /// left off for lack of memory.
    #[default]
    Auto,
    /// Always.
    On,
    /// Never: each run starts yt-dlp anew.
    Off,
}

impl Default for MediaConfig {
    fn default() -> Self {
        Self {
            ytdlp_path: String::new(),
            ffmpeg_path: String::new(),
            ytdlp_version: "2026.10.26".to_owned(),
            python: "python3".to_owned(),
            extractor_args: "youtube:player_client=visionos;player_skip=webpage,configs,js;\
                             skip=translated_subs,hls,dash"
                .to_owned(),
            fallback_extractor_args:
                "youtube:player_client=visionos,web;skip=translated_subs,hls,dash".to_owned(),
            socket_timeout_seconds: 15,
            deadline_seconds: 90,
            max_output_bytes: 1 << 20,
            max_caption_bytes: 32 << 20,
            max_recording_mb: 16,
            max_memory_mb: 512,
            niceness: 10,
            proxy: String::new(),
            egress: Vec::new(),
            ca_file: PathBuf::new(),
            block_pause_seconds: 3600,
            batch_max: 5,
            batch_window_ms: 2000,
            warm: WarmMode::Auto,
            warm_min_memory_mb: 256,
            warm_max_jobs: 200,
            warm_max_growth_mb: 32,
            warm_idle_seconds: 300,
            warm_start_seconds: 30,
            warm_max_faults: 3,
            warm_pause_seconds: 600,
        }
    }
}

impl MediaConfig {
    pub fn deadline(&self) -> Duration {
        Duration::from_secs(self.deadline_seconds)
    }

    pub fn block_pause(&self) -> Duration {
        Duration::from_secs(self.block_pause_seconds)
    }

    pub fn batch_window(&self) -> Duration {
        Duration::from_millis(self.batch_window_ms)
    }

    pub fn warm_idle(&self) -> Duration {
        Duration::from_secs(self.warm_idle_seconds)
    }

    pub fn warm_start(&self) -> Duration {
        Duration::from_secs(self.warm_start_seconds)
    }

    pub fn warm_pause(&self) -> Duration {
        Duration::from_secs(self.warm_pause_seconds)
    }

    pub(crate) fn check(&self, found: &mut Vec<Problem>) {
        if !self.ytdlp_path.is_empty() {
            file("media.ytdlp_path", self.ytdlp_path.as_ref(), found);
        }
        if self.ytdlp_version.is_empty() {
            found.push(Problem::invalid("media.ytdlp_version", "name a version, as in 2026.10.26"));
        }
        if !self.proxy.is_empty() {
            url("media.proxy", &self.proxy, found);
        }
        egress::check("media.egress", &self.egress, found);
        if !self.ca_file.as_os_str().is_empty() {
            file("media.ca_file", &self.ca_file, found);
        }
        seconds("media.socket_timeout_seconds", self.socket_timeout_seconds, 1, found);
        seconds("media.deadline_seconds", self.deadline_seconds, 1, found);
        between("media.max_output_bytes", self.max_output_bytes, 4096, 64 << 20, found);
        between("media.max_caption_bytes", self.max_caption_bytes, 4096, 1 << 30, found);
        between("media.max_recording_mb", self.max_recording_mb, 1, 256, found);
        between("media.max_memory_mb", self.max_memory_mb, 128, 1 << 20, found);
        between("media.niceness", self.niceness, 0, 19, found);
        seconds("media.block_pause_seconds", self.block_pause_seconds, 1, found);
        between("media.batch_max", self.batch_max, 1, 50, found);
        between("media.batch_window_ms", self.batch_window_ms, 0, 60_000, found);
        self.check_warm(found);
    }

    fn check_warm(&self, found: &mut Vec<Problem>) {
        between("media.warm_min_memory_mb", self.warm_min_memory_mb, 0, 1 << 20, found);
        between("media.warm_max_jobs", self.warm_max_jobs, 1, 1_000_000, found);
        between("media.warm_max_growth_mb", self.warm_max_growth_mb, 1, 1 << 20, found);
        seconds("media.warm_idle_seconds", self.warm_idle_seconds, 1, found);
        seconds("media.warm_start_seconds", self.warm_start_seconds, 1, found);
        between("media.warm_max_faults", self.warm_max_faults, 1, 1000, found);
        seconds("media.warm_pause_seconds", self.warm_pause_seconds, 1, found);
    }
}
