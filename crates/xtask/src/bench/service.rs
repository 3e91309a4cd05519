//! A `recap serve` that is being measured.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use recap_simulator::gemini::Gemini;
use recap_simulator::youtube::YouTube;
use recap_telemetry::resources::Share;
use serde_json::{Value, json};

use crate::lab::binary;
use crate::lab::usage;
use crate::lab::world::outside;

/// How often memory is looked at while a job runs.
const LOOK: Duration = Duration::from_millis(10);

/// Killed when dropped, so that a failed bench leaves nothing running.
pub(super) struct Service {
    child: Child,
    base: String,
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Service {
    #[expect(clippy::disallowed_methods, reason = "the program that is measured")]
    pub(super) async fn start(
        dir: &Path,
        youtube: &YouTube,
        gemini: &Gemini,
    ) -> anyhow::Result<Self> {
        let mut child = Command::new(binary("dist", "recap"))
            .arg("serve")
            .envs(outside(youtube, gemini))
            .env("RECAP_DATA__DIR", dir.join("data"))
            .env("RECAP_SERVER__PORT", "0")
            .env("RECAP_LOG__FILTER", "warn")
            .stderr(Stdio::piped())
            .spawn()?;
        let stderr = child.stderr.take().context("standard error is a pipe")?;
        let mut service = Self { child, base: String::new() };
        service.base = listening(BufReader::new(stderr))?;
        // The worker role is there once it has looked for yt-dlp: a job is the proof.
        service.summarize("ok_short3m1").await?;
        Ok(service)
    }

    pub(super) fn usage(&self) -> anyhow::Result<Share> {
        usage::of(self.child.id())
    }

    pub(super) async fn summarize(&self, video: &str) -> anyhow::Result<Value> {
        let client =
            recap_telemetry::http::client(Duration::from_secs(5), Duration::from_secs(90))?;
        let submit =
            client.post(format!("{}/v1/summaries", self.base)).json(&json!({"url": video}));
        let mut job: Value = submit.send().await?.json().await?;
        while job["completed_at"].is_null() {
            let url =
                format!("{}{}?wait=30s", self.base, job["urls"]["get"].as_str().unwrap_or(""));
            job = client.get(url).send().await?.error_for_status()?.json().await?;
        }
        ensure!(job["status"] == "succeeded", "the job did not succeed: {job:#}");
        Ok(job)
    }

    /// The most memory that recap and what it started held while this video
    /// was summarised, in bytes.
    pub(super) async fn peak_memory(&self, video: &str) -> anyhow::Result<u64> {
        let mut peak = 0;
        let mut looks = tokio::time::interval(LOOK);
        let mut job = std::pin::pin!(self.summarize(video));
        loop {
            tokio::select! {
                job = &mut job => return job.map(|_| peak),
                _ = looks.tick() => peak = peak.max(usage::tree_memory(self.child.id())?),
            }
        }
    }
}

fn listening(mut lines: BufReader<impl std::io::Read + Send + 'static>) -> anyhow::Result<String> {
    let mut line = String::new();
    while lines.read_line(&mut line)? > 0 {
        if let Some(rest) = line.strip_prefix("recap serves ") {
            let base = rest.split(' ').next().unwrap_or_default().to_owned();
            // Read on, so that the program never blocks on a full pipe.
            std::thread::spawn(move || lines.lines().for_each(drop));
            return Ok(base);
        }
        line.clear();
    }
    anyhow::bail!("recap ended before it listened")
}
