//! A warm yt-dlp: one Python process that has it imported, and forks for each
//! run. A fork costs a sixth of a start, and is a process like any other: with a
//! directory, an environment and limits of its own, and killed as a group.
//!
//! It is started by the first run that wants it, and replaced after a number of
//! runs, when it has grown, and after any fault. A run that it does not bring to
//! an end is nobody's fault and is done again on the plain command line.

mod keeper;
mod python;
mod wire;
mod zygote;

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use recap_config::{Config, MediaConfig, WarmMode};
use recap_core::load::{Level, Load};
use recap_telemetry::metrics;
use recap_telemetry::resources::Meter;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::Instant;

use self::keeper::{Keeper, Order, Reason, Wanted};
use self::python::Python;
use self::wire::{Answer, Run};
use self::zygote::Zygote;
use super::process::{Bounds, Finished};
use super::route::Route;
use super::work_dir::{self, WorkDir};
use super::{YtDlp, args};

/// What a run has more than its deadline until it ends itself, in seconds.
const LAST_GUARD: u64 = 10;

/// At most one warm process that takes runs.
pub(crate) struct Warm {
    python: Python,
    version: String,
    media: MediaConfig,
    work: PathBuf,
    /// With `auto`: how full the memory is, and how often that is looked at.
    load: Option<(Load, Duration)>,
    state: Mutex<State>,
    health: Arc<Mutex<Health>>,
}

#[derive(Default)]
struct State {
    keepers: JoinSet<()>,
    current: Option<Handle>,
    next_id: u64,
}

/// A warm process to give runs to.
#[derive(Clone)]
struct Handle {
    orders: mpsc::UnboundedSender<Order>,
    retired: Arc<AtomicBool>,
}

#[derive(Default)]
struct Health {
    faults_in_a_row: u32,
    rests_until: Option<Instant>,
}

impl Warm {
    /// # Errors
    ///
    /// Why there is none, in words for people.
    pub(crate) fn new(config: &Config, binary: &YtDlp, load: &Load) -> Result<Self, String> {
        let media = &config.media;
        if media.warm == WarmMode::Off || !cfg!(target_os = "linux") {
            return Err("it is switched off, or not on Linux".to_owned());
        }
        let auto = media.warm == WarmMode::Auto;
        let memory = Meter::new(config.resources.memory()).limit() >> 20;
        if auto && memory < media.warm_min_memory_mb {
            let least = media.warm_min_memory_mb;
            return Err(format!("{memory} MB of memory are too little; it wants {least}"));
        }
        let python = Python::of(binary).ok_or_else(|| {
            format!("{} does not say which Python runs it", binary.program.display())
        })?;
        Ok(Self {
            python,
            version: binary.version.clone(),
            media: media.clone(),
            work: work_dir::root(config),
            load: auto.then(|| (load.clone(), config.resources.interval())),
            state: Mutex::default(),
            health: Arc::default(),
        })
    }

    /// One run in a directory of its own; dropping the returned future kills it.
    ///
    /// # Errors
    ///
    /// If it could not be done here, whatever the reason, in a word for the
    /// metrics; then no process of it is left.
    pub(crate) async fn run(
        &self,
        route: &Route,
        arguments: Vec<String>,
        bounds: Bounds,
    ) -> Result<Finished<WorkDir>, &'static str> {
        let (handle, id) = self.handle()?;
        let directory = WorkDir::create(&self.work).map_err(|_| "directory")?;
        route.enter(&directory).map_err(|_| "cookies")?;
        let environment = args::environment(&self.media, &route.proxy, directory.path());
        let run = describe(id, arguments, environment, bounds, &directory).ok_or("path")?;
        let (reply, answer) = oneshot::channel();
        let wanted = Wanted { run, bounds, directory, reply };
        handle.orders.send(Order::Run(Box::new(wanted))).map_err(|_| "fault")?;
        let _canceled = CancelOnDrop { orders: &handle.orders, id };
        answer.await.map_err(|_| "fault")
    }

    /// Why it is left off for now, if it is, in a word for the metrics.
    pub(crate) fn unavailable(&self) -> Option<&'static str> {
        if self.load.as_ref().is_some_and(|(load, _)| load.level() != Level::Normal) {
            return Some("memory");
        }
        let rests = lock(&self.health).rests_until.is_some_and(|it| it > Instant::now());
        rests.then_some("pause")
    }

    /// Who takes the next run, and its number.
    fn handle(&self) -> Result<(Handle, u64), &'static str> {
        if let Some(why) = self.unavailable() {
            return Err(why);
        }
        let mut state = lock(&self.state);
        state.next_id += 1;
        let id = state.next_id;
        let usable = |it: &&Handle| !it.retired.load(Ordering::Acquire) && !it.orders.is_closed();
        if let Some(handle) = state.current.as_ref().filter(usable) {
            return Ok((handle.clone(), id));
        }
        state.current = None;
        let handle = self.start(&mut state.keepers)?;
        state.current = Some(handle.clone());
        Ok((handle, id))
    }

    fn start(&self, keepers: &mut JoinSet<()>) -> Result<Handle, &'static str> {
        while keepers.try_join_next().is_some() {}
        let zygote = Zygote::start(&self.python, &self.media, &self.work).map_err(|error| {
            tracing::warn!(%error, "the warm yt-dlp does not start");
            ended(&self.health, &self.media, Reason::Fault, false);
            "fault"
        })?;
        let (orders, taken) = mpsc::unbounded_channel();
        let retired = Arc::<AtomicBool>::default();
        let handle = Handle { orders, retired: Arc::clone(&retired) };
        let load = self.load.clone();
        let mut keeper = Keeper::new(zygote, taken, &self.media, &self.version, load, retired);
        let (health, media) = (Arc::clone(&self.health), self.media.clone());
        keepers.spawn(async move {
            let reason = keeper.keep().await;
            ended(&health, &media, reason, keeper.proved);
            // It waits for processes to be gone.
            let _ = tokio::task::spawn_blocking(move || drop(keeper)).await;
        });
        Ok(handle)
    }

    /// Starts one, and ends it when it is there.
    pub(crate) async fn check(&self) -> Result<(), String> {
        let zygote = Zygote::start(&self.python, &self.media, &self.work);
        let mut zygote = zygote.map_err(|it| it.to_string())?;
        match tokio::time::timeout(self.media.warm_start(), zygote.answer()).await {
            Ok(Ok(Answer::Ready { version })) if version == self.version => Ok(()),
            Ok(Ok(Answer::Ready { version })) => Err(format!("it is yt-dlp {version}")),
            Ok(Ok(Answer::Fault { problem })) => Err(problem),
            Ok(Ok(_)) => Err("it says nonsense".to_owned()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err("it does not start in time".to_owned()),
        }
    }
}

/// `None` if a path is not UTF-8.
fn describe(
    id: u64,
    arguments: Vec<String>,
    environment: Vec<(&'static str, OsString)>,
    bounds: Bounds,
    directory: &WorkDir,
) -> Option<Run> {
    let text = |it: OsString| it.into_string().ok();
    let environment = environment
        .into_iter()
        .map(|(name, value)| Some((name, text(value)?)))
        .collect::<Option<_>>();
    let left = bounds.deadline.saturating_duration_since(Instant::now());
    Some(Run {
        id,
        arguments,
        directory: directory.path().to_str()?.to_owned(),
        environment: environment?,
        output_bytes: bounds.output_bytes,
        memory_bytes: bounds.memory_bytes,
        file_bytes: bounds.file_bytes,
        seconds: left.as_secs() + LAST_GUARD,
    })
}

/// Counts the end of a warm process, and rests after too many bad ones.
fn ended(health: &Mutex<Health>, media: &MediaConfig, reason: Reason, proved: bool) {
    metrics::warm_ended(&reason.to_string());
    tracing::debug!(%reason, "the warm yt-dlp has ended");
    let mut health = lock(health);
    if proved {
        health.faults_in_a_row = 0;
    }
    if reason != Reason::Fault {
        return;
    }
    health.faults_in_a_row += 1;
    if health.faults_in_a_row >= media.warm_max_faults {
        health.faults_in_a_row = 0;
        health.rests_until = Some(Instant::now() + media.warm_pause());
        let pause_s = media.warm_pause_seconds;
        tracing::warn!(pause_s, "the warm yt-dlp keeps failing and is left off for a while");
    }
}

/// Says that nobody waits any more; a run that has ended is not concerned.
struct CancelOnDrop<'a> {
    orders: &'a mpsc::UnboundedSender<Order>,
    id: u64,
}

impl Drop for CancelOnDrop<'_> {
    fn drop(&mut self) {
        // Without a keeper there is no run either.
        let _ = self.orders.send(Order::Cancel(self.id));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
