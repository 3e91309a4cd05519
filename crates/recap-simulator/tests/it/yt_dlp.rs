//! Runs the real yt-dlp, with the arguments and the environment of production.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use recap_simulator::youtube::YouTube;
use serde_json::Value;
use tokio::process::{Child, Command};

/// What yt-dlp asks first: the API only, or the watch page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    S,
    W,
}

impl Profile {
    fn extractor_args(self) -> &'static str {
        match self {
            Self::S => {
                "youtube:player_client=visionos;player_skip=webpage,configs,js;skip=translated_subs,hls,dash"
            }
            Self::W => "youtube:player_client=visionos,web;skip=translated_subs,hls,dash",
        }
    }
}

/// How long yt-dlp waits and how often it tries.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    pub(crate) seconds: u32,
    pub(crate) retries: u32,
}

/// As in production.
pub(crate) const USUAL: Patience = Patience { seconds: 15, retries: 1 };
/// For scenarios that never answer.
pub(crate) const SHORT: Patience = Patience { seconds: 1, retries: 0 };

/// What a finished run left.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stderr: String,
    /// The line that was printed before captions were asked for.
    pub(crate) meta: Option<Value>,
    /// The line that was printed after they had come.
    pub(crate) captions: Option<Value>,
}

#[expect(clippy::disallowed_methods, reason = "the real client is the point of these tests")]
pub(crate) fn spawn(
    youtube: &YouTube,
    video: &str,
    profile: Profile,
    patience: Patience,
    directory: &Path,
) -> Child {
    Command::new(recap_testkit::tools::yt_dlp())
        .args(arguments(profile, patience, directory))
        .arg(format!("https://www.youtube.com/watch?v={video}"))
        .env_clear()
        .env("PATH", "/nonexistent")
        .env("HOME", directory)
        .env("LC_ALL", "C.UTF-8")
        .env("http_proxy", youtube.proxy_url())
        .env("https_proxy", youtube.proxy_url())
        .env("SSL_CERT_FILE", youtube.ca_file())
        .current_dir(directory)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

pub(crate) async fn run(
    youtube: &YouTube,
    video: &str,
    profile: Profile,
    patience: Patience,
    directory: &Path,
) -> Run {
    let child = spawn(youtube, video, profile, patience, directory);
    let output = child.wait_with_output().await.unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    let line = |prefix: &str| {
        let json = stdout.lines().find_map(|it| it.strip_prefix(prefix))?;
        Some(serde_json::from_str(json).unwrap())
    };
    Run {
        code: output.status.code(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        meta: line("META "),
        captions: line("SUBS "),
    }
}

fn arguments(profile: Profile, patience: Patience, directory: &Path) -> Vec<String> {
    const META: &str = "video:META %(.{id,title,duration,channel,channel_id,uploader_id,upload_date,live_status,\
                        availability,media_type,language,chapters,description,tags,release_timestamp})j";
    const SUBS: &str = "after_video:SUBS %(.{id,requested_subtitles})j";
    let (seconds, retries) = (patience.seconds.to_string(), patience.retries.to_string());
    let output = directory.join("sub").to_str().unwrap().to_owned();
    [
        "--ignore-config --no-plugin-dirs --no-cache-dir --no-update --no-js-runtimes --no-remote-components",
        "--color never --no-progress --no-playlist --use-extractors youtube",
        "-f b/ba --ignore-no-formats-error --skip-download",
        "--write-subs --write-auto-subs --sub-format json3 --no-simulate",
    ]
    .iter()
    .flat_map(|it| it.split(' '))
    .chain(["--socket-timeout", &seconds, "--extractor-retries", &retries, "--retries", &retries])
    .chain(["--extractor-args", profile.extractor_args(), "-o", &output, "--print", META, "--print", SUBS, "--"])
    .map(str::to_owned)
    .collect()
}

impl Run {
    /// The language, the address and the file of the one track that was fetched.
    pub(crate) fn track(&self) -> Option<(String, String, PathBuf)> {
        let tracks = self.captions.as_ref()?.get("requested_subtitles")?.as_object()?;
        let (language, track) = tracks.iter().next()?;
        assert_eq!(tracks.len(), 1, "one track is fetched, never several");
        let text = |name: &str| track[name].as_str().unwrap().to_owned();
        Some((language.clone(), text("url"), PathBuf::from(text("filepath"))))
    }
}
