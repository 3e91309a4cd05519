//! A process of recap.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};

use super::{binary, client::Client};
use crate::shell;

/// How long a process may take to be ready.
const READY: Duration = Duration::from_mins(1);

/// Settings as environment variables.
pub(crate) type Settings = Vec<(&'static str, String)>;

/// How a process is started.
pub(crate) struct Launch<'a> {
    /// Cargo profile that it was built with.
    pub(crate) profile: &'a str,
    pub(crate) program: &'static str,
    /// Before `--port`.
    pub(crate) args: &'a [&'a str],
    pub(crate) port: u16,
    pub(crate) settings: &'a [(&'static str, String)],
    /// Where what it says is written.
    pub(crate) log: PathBuf,
}

/// A child that ends with its owner and is waited for.
pub(crate) struct Killed(pub(crate) Child);

impl Killed {
    /// kill -9.
    fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Killed {
    fn drop(&mut self) {
        self.kill();
    }
}

/// What `work` comes to, and the most that `look` saw meanwhile.
pub(crate) async fn peak_while<T>(
    every: Duration,
    look: impl Fn() -> u64,
    work: impl Future<Output = T>,
) -> (T, u64) {
    let (mut peak, mut looks) = (0, tokio::time::interval(every));
    let mut work = std::pin::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return (done, peak),
            _ = looks.tick() => peak = peak.max(look()),
        }
    }
}

/// A running process that serves HTTP on loopback. Killed when dropped.
pub(crate) struct Process {
    child: Killed,
    kind: &'static str,
    port: u16,
    log: PathBuf,
}

impl Process {
    #[expect(clippy::disallowed_methods, reason = "the programs that are tried")]
    pub(crate) fn start(launch: Launch<'_>) -> anyhow::Result<Self> {
        let Launch { profile, program, args, port, settings, log } = launch;
        let out = File::create(&log)?;
        let child = Command::new(binary(profile, program))
            .args(args)
            .args(["--port", &port.to_string()])
            .current_dir(log.parent().context("a log lies in a directory")?)
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(out.try_clone()?)
            .stderr(out)
            .spawn()
            .with_context(|| format!("{program} cannot be started"))?;
        Ok(Self { child: Killed(child), kind: program, port, log })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.0.id()
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(crate) fn log(&self) -> &Path {
        &self.log
    }

    /// kill -9.
    pub(crate) fn kill(&mut self) {
        self.child.kill();
    }

    /// Sends a signal by its name, as in `STOP`.
    pub(crate) fn signal(&self, name: &str) -> anyhow::Result<()> {
        shell::run("kill", &["-s", name, &self.pid().to_string()])
    }

    /// How long it takes to end by itself, `most` at the longest.
    pub(crate) async fn end(&mut self, most: Duration) -> anyhow::Result<Duration> {
        let began = Instant::now();
        while self.child.0.try_wait()?.is_none() {
            ensure!(began.elapsed() < most, "{} did not end in {most:?}", self.kind);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(began.elapsed())
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.0.try_wait().is_ok_and(|it| it.is_some())
    }

    /// Until it says that it is ready.
    pub(crate) async fn ready(&self, client: &Client) -> anyhow::Result<()> {
        let end = Instant::now() + READY;
        let url = format!("{}/health/ready", self.base());
        while let Err(error) = client.get(&url).await {
            let words = || std::fs::read_to_string(&self.log).unwrap_or_default();
            ensure!(Instant::now() < end, "{} is not ready: {error}\n{}", self.kind, words());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }
}
