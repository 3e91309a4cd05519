//! Runs one job in this process and shows how far it is.

use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::Timestamp;
use recap_config::{Config, QueueBackend, SharedBackend, StoreBackend, WarmMode};
use recap_core::job::{CacheMode, JobInput, Owner, Priority, Stage};
use recap_core::jobs::Clock;
use recap_core::ports::{Entry, JobEvent, Store};
use recap_core::summary::Style;
use recap_core::{Job, JobId, JobKind, VideoId};
use recap_role::{Ports, stop_signal, system_clock};
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use crate::text;

/// A person at a terminal does not wait longer than this for another attempt.
const PATIENCE: Duration = Duration::from_mins(2);

/// What is to be summarised, and how.
pub(crate) struct Wanted {
    pub(crate) video: VideoId,
    pub(crate) language: Option<String>,
    pub(crate) style: Style,
}

/// Makes `config` keep all it keeps in `dir`, whatever servers it names.
pub(crate) fn embed(config: &mut Config, dir: &Path) {
    config.sqlite.file = dir.join("jobs.db");
    config.store.backend = StoreBackend::Sqlite;
    config.queue.backend = QueueBackend::Sqlite;
    config.shared.backend = SharedBackend::Memory;
    config.worker.max_jobs = 0;
}

/// Runs the job until it ends, or waits for longer than a person would;
/// `None` when interrupted. Nothing of it is left on disk.
pub(crate) async fn to_the_end(
    config: &Config,
    search_path: Option<OsString>,
    wanted: Wanted,
) -> anyhow::Result<Option<Job>> {
    let scratch = tempfile::tempdir().context("no temporary directory can be made")?;
    let mut config = config.clone();
    embed(&mut config, scratch.path());
    if config.media.warm == WarmMode::Auto {
        // For one video a start of its own is cheaper.
        config.media.warm = WarmMode::Off;
    }
    let clock = system_clock();
    let ports = recap_role::connect(&config, clock.clone()).await?;
    let outside = recap_worker::outside(&config, search_path, &clock, &ports, say).await?;
    let now = clock();
    let input = JobInput {
        video_id: Some(wanted.video),
        transcript: None,
        batch: None,
        range: None,
        language: wanted.language,
        style: wanted.style,
        priority: Priority::Interactive,
        region: None,
        cache: CacheMode::Bypass,
    };
    let job = Job::new(Owner::default(), JobKind::Summary, input, now, now + config.jobs.max_age());
    let watching = watch(
        Arc::clone(&ports.store),
        ports.shared.events.subscribe(),
        job.id,
        Arc::clone(&clock),
    );
    submit(&ports, &job).await?;
    let shutdown = CancellationToken::new();
    let cx = Arc::new(recap_worker::context(&config, &ports, outside, clock));
    let slots = Arc::clone(&ports.shared.slots);
    let working = async { Ok(recap_worker::run(&config, cx, slots, shutdown.clone()).await?) };
    let watching = async {
        let done = tokio::select! {
            job = watching => job.map(Some),
            () = stop_signal() => Ok(None),
        };
        shutdown.cancel();
        done
    };
    // Not `join`: when the worker fails, there is nothing left to watch.
    let ((), job) = tokio::try_join!(working, watching)?;
    Ok(job)
}

async fn submit(ports: &Ports, job: &Job) -> anyhow::Result<()> {
    ports.store.insert(job, false).await?;
    ports.queue.push(&[Entry::new(job, 0)], Duration::ZERO).await?;
    Ok(())
}

async fn watch(
    store: Arc<dyn Store>,
    mut events: tokio::sync::broadcast::Receiver<JobEvent>,
    id: JobId,
    clock: Clock,
) -> anyhow::Result<Job> {
    let bar = bar();
    loop {
        let job = store.find(id).await?.context("the job is gone")?;
        show(&bar, &job);
        if job.status.is_terminal() || waits_too_long(&job, clock()) {
            bar.finish_and_clear();
            return Ok(job);
        }
        match events.recv().await {
            Ok(_) | Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => anyhow::bail!("the worker ended before the job did"),
        }
    }
}

fn waits_too_long(job: &Job, now: Timestamp) -> bool {
    job.retry_at.is_some_and(|at| at > now + PATIENCE)
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(100), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{bar:24} {percent:>3} %  {elapsed:>4}  {wide_msg}")
        .expect("the template is a constant");
    bar.set_style(style);
    // So that a fetch that hangs is seen to be waited for.
    bar.enable_steady_tick(Duration::from_secs(1));
    bar
}

fn show(bar: &ProgressBar, job: &Job) {
    bar.set_position(job.progress.percent().into());
    let title = job.video.as_ref().map_or("", |it| it.title.as_str());
    bar.set_message(match job.progress.stage {
        Stage::Waiting => match &job.last_error {
            Some(failure) => format!("waiting: {failure}"),
            None => "waiting".to_owned(),
        },
        Stage::Fetching => "fetching captions with yt-dlp".to_owned(),
        Stage::Summarizing => format!(
            "segment {} of {}: {title}",
            (job.progress.segments_done + 1).min(job.progress.segments_total),
            job.progress.segments_total
        ),
        Stage::Combining => format!("combining: {title}"),
        Stage::Done => "done".to_owned(),
    });
}

fn say(line: &str) {
    text::say(line);
}

pub(crate) fn say_warnings(job: &Job) {
    for warning in &job.warnings {
        text::say(format_args!("note: {warning}"));
    }
}
