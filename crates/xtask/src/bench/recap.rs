//! A `recap serve` in a control group of its own.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use serde_json::Value;

use crate::lab::cgroup::{Group, Limits};
use crate::lab::free_port;
use crate::lab::process::Killed;

/// How long a start may take; without a quota it is a second.
const READY: Duration = Duration::from_mins(1);

/// How often a start is looked at.
const LOOK: Duration = Duration::from_millis(10);

/// Ends with its group.
pub(super) struct Recap {
    pub(super) group: Group,
    base: String,
    http: reqwest::Client,
    log: PathBuf,
    /// After the group, which kills it.
    child: Killed,
}

impl Recap {
    /// Starts it in all roles, and waits until it is ready. Its log and its data, unless
    /// the settings say otherwise, are in `dir`.
    pub(super) async fn start(
        program: &Path,
        limits: Limits,
        settings: &[(&str, String)],
        dir: &Path,
    ) -> anyhow::Result<Self> {
        Self::start_as("all", program, limits, settings, dir).await
    }

    /// The same in one role.
    pub(super) async fn start_as(
        role: &str,
        program: &Path,
        limits: Limits,
        settings: &[(&str, String)],
        dir: &Path,
    ) -> anyhow::Result<Self> {
        let recap = Self::spawn(role, Group::create(limits)?, program, settings, dir)?;
        recap.answers("/health/ready").await?;
        Ok(recap)
    }

    /// The same in a group that is there, and without waiting.
    pub(super) fn spawn(
        role: &str,
        group: Group,
        program: &Path,
        settings: &[(&str, String)],
        dir: &Path,
    ) -> anyhow::Result<Self> {
        let port = free_port()?;
        let log = dir.join(format!("recap-{port}.log"));
        let out = File::create(&log)?;
        let child = group
            .command(program)
            .args(["serve", "--role", role, "--port", &port.to_string()])
            .current_dir(dir)
            .env("RECAP_DATA__DIR", dir.join(format!("data-{port}")))
            .env("RECAP_LOG__FILTER", "warn")
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(out.try_clone()?)
            .stderr(out)
            .spawn()?;
        let http = recap_telemetry::http::client(Duration::from_secs(5), Duration::from_secs(90))?;
        let base = format!("http://127.0.0.1:{port}");
        Ok(Self { group, base, http, log, child: Killed(child) })
    }

    /// Waits until this path is answered with success.
    pub(super) async fn answers(&self, path: &str) -> anyhow::Result<()> {
        let end = Instant::now() + READY;
        while self.get(path).await.is_err() {
            ensure!(Instant::now() < end, "recap does not answer {path}: {}", self.log()?);
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.0.id()
    }

    /// What it has said so far.
    pub(super) fn log(&self) -> anyhow::Result<String> {
        Ok(std::fs::read_to_string(&self.log)?)
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    pub(super) async fn get(&self, path: &str) -> anyhow::Result<Value> {
        Ok(self.raw(path).await?.error_for_status()?.json().await?)
    }

    /// An answer of whatever status.
    pub(super) async fn raw(&self, path: &str) -> anyhow::Result<reqwest::Response> {
        Ok(self.http.get(self.url(path)).send().await?)
    }

    /// Asks for a summary; its answer, of whatever status.
    pub(super) async fn post(&self, body: &Value) -> anyhow::Result<reqwest::Response> {
        Ok(self.http.post(self.url("/v1/summaries")).json(body).send().await?)
    }

    /// Asks for a summary; the id of its job.
    pub(super) async fn submit(&self, body: &Value) -> anyhow::Result<String> {
        let answer = self.post(body).await?;
        let status = answer.status();
        let job: Value = answer.json().await?;
        ensure!(status.is_success(), "{status}: {job}");
        Ok(job["id"].as_str().context("a job has an id")?.to_owned())
    }

    /// The job at its end; `None` if that does not come until `end`.
    pub(super) async fn ended(&self, id: &str, end: Instant) -> anyhow::Result<Option<Value>> {
        loop {
            let left = end.saturating_duration_since(Instant::now()).as_secs().min(30);
            let job = self.get(&format!("/v1/jobs/{id}?wait={left}s")).await?;
            if !job["completed_at"].is_null() {
                ensure!(job["status"] == "succeeded", "a job did not succeed: {job:#}");
                return Ok(Some(job));
            }
            if left == 0 {
                return Ok(None);
            }
        }
    }
}
