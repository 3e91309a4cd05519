//! `cargo xtask bench ytdlp`: what a transcript costs, in each way of running
//! yt-dlp.
//!
//! Counted is the CPU of all that this process starts, the warm process too; the
//! simulated YouTube is in this process and not counted. Ways take turns, so that
//! a busy machine is busy for all.

use std::process::Stdio;
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use recap_config::{Config, WarmMode};
use recap_core::load::Load;
use recap_core::ports::{CaptionRequest, MediaSource};
use recap_media::{Origin, YtDlp, connect};
use recap_simulator::scenario::copy;
use recap_simulator::youtube::YouTube;
use recap_telemetry::resources;
use recap_testkit::tools;

use super::ORDINARY;
use crate::lab::figures::{median, megabytes};
use crate::lab::say;

/// Rounds that count, after one that does not.
const ROUNDS: usize = 11;
/// Transcripts of one way in a round: the kernel counts in ticks of 10 ms.
const EACH: usize = 5;

/// Names, as in the table.
const WAYS: [&str; 4] =
    ["`yt-dlp -J --write-subs`", "recap, a start each", "recap, five a start", "recap, warm"];

struct World {
    youtube: YouTube,
    config: Config,
    cold: Arc<dyn MediaSource>,
    warm: Arc<dyn MediaSource>,
}

pub(crate) fn run() -> anyhow::Result<()> {
    crate::tools::install()?;
    tokio::runtime::Runtime::new()?.block_on(measure())
}

async fn measure() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let mut config = Config::default();
    config.data.dir = dir.path().to_owned();
    let youtube = YouTube::start(0, dir.path()).await?;
    config.media.proxy = youtube.proxy_url();
    config.media.ca_file = youtube.ca_file().to_owned();
    let source = |warm| {
        let mut config = config.clone();
        config.media.warm = warm;
        let (program, version) = (tools::yt_dlp(), config.media.ytdlp_version.clone());
        let binary = YtDlp { program, arguments: Vec::new(), version, origin: Origin::Setting };
        connect(&config, binary, None, &Load::default())
    };
    let (cold, warm) = (source(WarmMode::Off), source(WarmMode::On));
    let world = World { youtube, config, cold, warm };

    let mut figures: [Vec<f64>; WAYS.len()] = Default::default();
    for round in 0..=ROUNDS {
        for (way, figures) in figures.iter_mut().enumerate() {
            let before = cpu()?;
            world.fetch(way).await?;
            if round > 0 {
                #[expect(clippy::cast_precision_loss, reason = "five")]
                figures.push((cpu()? - before) / EACH as f64);
            }
        }
    }
    let resident = usage()?.memory;
    world.youtube.stop().await;

    let medians = figures.map(median);
    say("| way | CPU a transcript | of a start each |");
    say("| --- | --- | --- |");
    for (name, seconds) in WAYS.iter().zip(medians) {
        say(&format!("| {name} | {seconds:.3} s | {:.2} |", seconds / medians[1]));
    }
    say(&format!("\nresident memory of the idle warm process: {}", megabytes(resident)));
    Ok(())
}

impl World {
    /// As many transcripts as a round takes.
    async fn fetch(&self, way: usize) -> anyhow::Result<()> {
        let numbers = 0..u32::try_from(EACH)?;
        let videos = numbers.map(|it| Ok(CaptionRequest { video: copy(it).parse()?, route: 0 }));
        let requests = videos.collect::<anyhow::Result<Vec<_>>>()?;
        let source = match way {
            0 => return (0..EACH).try_for_each(|_| self.naive()),
            2 => {
                let told = |_, answer: Result<_, _>| assert!(answer.is_ok(), "it has captions");
                self.cold.captions_of(&requests, &told).await;
                return Ok(());
            }
            1 => &self.cold,
            _ => &self.warm,
        };
        for request in &requests {
            source.captions(request).await?;
        }
        Ok(())
    }

    /// As the manual of yt-dlp has it.
    #[expect(clippy::disallowed_methods, reason = "the program that is measured")]
    fn naive(&self) -> anyhow::Result<()> {
        let media = &self.config.media;
        let status = std::process::Command::new(tools::yt_dlp())
            .args(["--ignore-config", "-J", "--no-simulate", "--skip-download"])
            .args(["--write-subs", "--write-auto-subs"])
            .arg(format!("https://www.youtube.com/watch?v={ORDINARY}"))
            .current_dir(&self.config.data.dir)
            .env("https_proxy", &media.proxy)
            .env("SSL_CERT_FILE", &media.ca_file)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()?;
        ensure!(status.success(), "yt-dlp did not succeed");
        Ok(())
    }
}

fn usage() -> anyhow::Result<resources::Share> {
    Ok(resources::of(std::process::id()).context("this process is there")?.1)
}

/// Of all that was ever started here, in seconds.
fn cpu() -> anyhow::Result<f64> {
    Ok(usage()?.cpu.as_secs_f64())
}
