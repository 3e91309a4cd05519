//! `recap serve` as a process of its own: it can be killed, and measured.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use recap_simulator::gemini::Gemini;
use recap_simulator::youtube::YouTube;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Killed when dropped.
pub(crate) struct Served {
    child: Child,
    base: String,
    http: reqwest::Client,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Served {
    /// With simulators in place of the world, and these variables more.
    #[expect(clippy::disallowed_methods, reason = "the test's own child, killed when dropped")]
    pub(crate) fn start(
        dir: &TempDir,
        youtube: &YouTube,
        gemini: &Gemini,
        variables: &[(&str, &str)],
    ) -> Self {
        recap_telemetry::http::install_crypto();
        let mut child = Command::new(env!("CARGO_BIN_EXE_recap"))
            .arg("serve")
            .env("RECAP_DATA__DIR", dir.path())
            .env("RECAP_SERVER__PORT", "0")
            .env("RECAP_MEDIA__YTDLP_PATH", recap_testkit::tools::yt_dlp())
            .env("RECAP_MEDIA__PROXY", youtube.proxy_url())
            .env("RECAP_MEDIA__CA_FILE", youtube.ca_file())
            .env("RECAP_GEMINI__BASE_URL", gemini.base_url())
            .env("RECAP_GEMINI__REQUESTS_PER_MINUTE", "0")
            .envs(variables.iter().copied())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let base = listening(lines);
        let http = recap_telemetry::http::client(Duration::from_secs(5), Duration::from_secs(90));
        Self { child, base, http: http.unwrap() }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn port(&self) -> String {
        self.base.rsplit(':').next().unwrap().to_owned()
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let answer = self.http.get(format!("{}{path}", self.base)).send().await.unwrap();
        answer.json().await.unwrap()
    }

    /// Submits a summary of this video and returns the job's id.
    pub(crate) async fn submit(&self, video: &str) -> String {
        let request = self.http.post(format!("{}/v1/summaries", self.base));
        let answer = request.json(&json!({"url": video})).send().await.unwrap();
        let job: Value = answer.json().await.unwrap();
        job["id"].as_str().unwrap().to_owned()
    }

    /// The job once it has ended.
    pub(crate) async fn ended(&self, id: &str) -> Value {
        for _ in 0..120 {
            let job = self.get(&format!("/v1/jobs/{id}?wait=1s")).await;
            if job["completed_at"].is_string() {
                return job;
            }
        }
        panic!("the job {id} does not end");
    }
}

/// The address it says; the rest of what it says is read so that it never
/// blocks on a full pipe.
fn listening(mut lines: impl Iterator<Item = std::io::Result<String>> + Send + 'static) -> String {
    let said = lines.find_map(|line| {
        let line = line.unwrap();
        let rest = line.strip_prefix("recap serves ")?.to_owned();
        Some(rest.split(' ').next().unwrap().to_owned())
    });
    std::thread::spawn(move || lines.for_each(drop));
    said.expect("it says where it listens")
}
