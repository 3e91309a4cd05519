//! How a run of yt-dlp comes about: forked from the warm process, or started.

use std::io;
use std::path::PathBuf;

use recap_config::{Config, MediaConfig, WarmMode};
use recap_core::load::Load;
use recap_telemetry::metrics;
use tokio::time::Instant;

use super::process::{self, Bounds, Command, Ending, Environment, Finished};
use super::route::Route;
use super::warm::Warm;
use super::work_dir::{self, WorkDir};
use super::{YtDlp, args};

/// What a run is for.
pub(crate) struct Errand {
    pub(crate) arguments: Vec<String>,
    /// That it may write, in bytes.
    pub(crate) largest_file: u64,
    /// It starts ffmpeg.
    pub(crate) runs_programs: bool,
}

/// Runs yt-dlp; both ways print the same and end the same.
pub(crate) struct Runner {
    binary: YtDlp,
    media: MediaConfig,
    work: PathBuf,
    warm: Option<Warm>,
}

impl Runner {
    pub(crate) fn new(config: &Config, binary: YtDlp, load: &Load) -> Self {
        let warm = Warm::new(config, &binary, load);
        if let (Err(why), true) = (&warm, config.media.warm != WarmMode::Off) {
            tracing::info!(why, "yt-dlp is not kept warm; each run starts it anew");
        }
        let (media, work) = (config.media.clone(), work_dir::root(config));
        Self { binary, media, work, warm: warm.ok() }
    }

    /// Whether each run starts yt-dlp anew for now.
    pub(crate) fn is_cold(&self) -> bool {
        self.warm.as_ref().is_none_or(|it| it.unavailable().is_some())
    }

    /// One run in a private directory, which is in the answer; dropping the
    /// returned future kills it.
    ///
    /// # Errors
    ///
    /// If no directory can be made, or no process be started.
    pub(crate) async fn run(
        &self,
        route: &Route,
        errand: Errand,
        deadline: Instant,
    ) -> io::Result<Finished<WorkDir>> {
        let bounds = Bounds { file_bytes: Some(errand.largest_file), ..self.bounds(deadline) };
        let finished = self.run_once(route, errand, bounds).await?;
        // One that was ended may have written half a file.
        if matches!(finished.ending, Ending::Exited(it) if matches!(it.code(), Some(0 | 1))) {
            route.leave(&finished.kept);
        }
        Ok(finished)
    }

    async fn run_once(
        &self,
        route: &Route,
        errand: Errand,
        bounds: Bounds,
    ) -> io::Result<Finished<WorkDir>> {
        let Errand { arguments, runs_programs, .. } = errand;
        // The warm process has loaded no plugins, and yt-dlp's embedding knows of no
        // `--ffmpeg-location`.
        let can_be_warm = !route.wants_plugins() && !runs_programs;
        if let Some(warm) = self.warm.as_ref().filter(|_| can_be_warm) {
            match warm.run(route, arguments.clone(), bounds).await {
                Ok(finished) => {
                    metrics::ytdlp_run("warm");
                    return Ok(finished);
                }
                Err(reason) => metrics::warm_fallback(reason),
            }
        }
        metrics::ytdlp_run("command_line");
        self.start(route, arguments, bounds).await
    }

    /// As [`run`](Self::run), for several videos on one command line.
    pub(crate) async fn run_batch(
        &self,
        route: &Route,
        arguments: Vec<String>,
        deadline: Instant,
        videos: usize,
    ) -> io::Result<Finished<WorkDir>> {
        metrics::ytdlp_run("batch");
        let mut bounds = self.bounds(deadline);
        bounds.output_bytes *= videos;
        self.start(route, arguments, bounds).await
    }

    fn bounds(&self, deadline: Instant) -> Bounds {
        Bounds {
            deadline,
            output_bytes: self.media.max_output_bytes,
            memory_bytes: Some(self.media.max_memory_mb << 20),
            file_bytes: Some(self.media.max_caption_bytes),
        }
    }

    async fn start(
        &self,
        route: &Route,
        arguments: Vec<String>,
        bounds: Bounds,
    ) -> io::Result<Finished<WorkDir>> {
        let directory = WorkDir::create(&self.work)?;
        route.enter(&directory)?;
        let YtDlp { program, arguments: first, .. } = self.binary.clone();
        let command = Command {
            program,
            arguments: first.into_iter().chain(arguments.into_iter().map(Into::into)).collect(),
            environment: Environment::Only(args::environment(
                &self.media,
                &route.proxy,
                directory.path(),
            )),
            directory: directory.path().to_owned(),
            niceness: self.media.niceness,
        };
        process::run(command, bounds, directory).await
    }
}
