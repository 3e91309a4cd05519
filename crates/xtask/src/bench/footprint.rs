//! `cargo xtask bench footprint`: what one `recap serve` costs, beside its yt-dlp.
//!
//! recap runs as it is shipped, as a process of its own; the simulators and
//! the client are in this one, so that their cost is not counted. Figures are
//! those of one machine; the ratios are what travels.

use std::time::Duration;

use anyhow::Context as _;
use recap_simulator::gemini::Gemini;
use recap_simulator::youtube::YouTube;
use recap_telemetry::resources::Share;

use super::ORDINARY;
use super::service::Service;

use crate::lab::figures::{median, megabytes};
use crate::lab::{build, say};
use crate::shell;

/// Three hours long.
const LONG: &str = "ok_long3h01";

/// Runs of the ordinary job; the median is told.
const ROUNDS: usize = 7;

/// How long an idle process is watched.
const IDLE: Duration = Duration::from_secs(20);

pub(super) fn run() -> anyhow::Result<()> {
    build("dist", &["recap"])?;
    crate::tools::install()?;
    tokio::runtime::Runtime::new()?.block_on(measure())
}

async fn measure() -> anyhow::Result<()> {
    let dir = shell::root().join("target/bench/footprint");
    if dir.exists() {
        std::fs::remove_dir_all(&dir)?;
    }
    std::fs::create_dir_all(&dir)?;
    let youtube = YouTube::start(0, &dir).await?;
    let gemini = Gemini::start(0).await?;
    let service = Service::start(&dir, &youtube, &gemini).await?;

    let idle = idle(&service).await?;
    let ordinary = ordinary(&service).await?;
    let peak = service.peak_memory(LONG).await?;
    let after = service.usage()?;

    say("| figure | measured | limit |");
    say("| --- | --- | --- |");
    row("idle memory of recap", &megabytes(idle.memory), "30 MB");
    row("idle CPU of recap", &format!("{:.0} ms a minute", idle.cpu_ms_per_minute), "");
    row("CPU of recap, 25-minute video", &format!("{:.0} ms", ordinary.own_ms), "");
    row("CPU of its yt-dlp", &format!("{:.0} ms", ordinary.child_ms), "");
    row("recap / yt-dlp", &format!("{:.2}", ordinary.own_ms / ordinary.child_ms), "");
    row("peak memory with yt-dlp, 3-hour video", &megabytes(peak), "150 MB");
    row("memory of recap after it", &megabytes(after.memory), "");
    drop(service);
    youtube.stop().await;
    gemini.stop().await;
    Ok(())
}

struct Idle {
    memory: u64,
    cpu_ms_per_minute: f64,
}

async fn idle(service: &Service) -> anyhow::Result<Idle> {
    let before = service.usage()?;
    tokio::time::sleep(IDLE).await;
    let after = service.usage()?;
    let minutes = IDLE.as_secs_f64() / 60.0;
    Ok(Idle { memory: after.memory, cpu_ms_per_minute: spent(before, after) / minutes })
}

struct Ordinary {
    own_ms: f64,
    child_ms: f64,
}

/// The kernel counts CPU in ticks of 10 ms, so single runs are coarse.
async fn ordinary(service: &Service) -> anyhow::Result<Ordinary> {
    let (mut own, mut child) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let before = service.usage()?;
        let job = service.summarize(ORDINARY).await?;
        own.push(spent(before, service.usage()?));
        let used = &job["usage"]["child"]["cpu_ms"];
        child.push(used.as_f64().context("the job says what yt-dlp used")?);
    }
    Ok(Ordinary { own_ms: median(own), child_ms: median(child) })
}

fn spent(before: Share, after: Share) -> f64 {
    after.cpu.saturating_sub(before.cpu).as_secs_f64() * 1000.0
}

fn row(figure: &str, measured: &str, limit: &str) {
    say(&format!("| {figure} | {measured} | {limit} |"));
}
