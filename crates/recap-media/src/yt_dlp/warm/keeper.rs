//! Who looks after one warm process: gives it runs, takes its answers, and ends
//! it when it has done enough, has nothing to do, or does not answer.

use std::collections::BTreeMap;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use recap_config::MediaConfig;
use recap_core::job::ChildUsage;
use recap_core::load::{Level, Load};
use rustix::process::Pid;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until, timeout};

use super::wire::{Answer, Ended, Request, Run};
use super::zygote::Zygote;
use crate::yt_dlp::process::{Bounds, Ending, Finished, is_gone, milliseconds, wait_until_gone};
use crate::yt_dlp::work_dir::WorkDir;

/// How long a run that was killed may take to end, and a request to be taken.
const GRACE: Duration = Duration::from_secs(5);

/// What a keeper is asked to do.
pub(super) enum Order {
    Run(Box<Wanted>),
    /// Nobody waits for this run any more.
    Cancel(u64),
}

/// A run that somebody waits for.
pub(super) struct Wanted {
    pub(super) run: Run,
    pub(super) bounds: Bounds,
    pub(super) directory: WorkDir,
    pub(super) reply: oneshot::Sender<Finished<WorkDir>>,
}

/// Why a warm process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::Display)]
#[strum(serialize_all = "snake_case")]
pub(super) enum Reason {
    /// It had done as many runs as it may.
    Jobs,
    Growth,
    Idle,
    /// Memory is short.
    Memory,
    Fault,
}

/// A run that has not ended.
struct Pending {
    begun: Instant,
    deadline: Instant,
    /// When something has to have happened: its start, its end, its death.
    due: Instant,
    killed: bool,
    group: Option<Pid>,
    directory: WorkDir,
    reply: oneshot::Sender<Finished<WorkDir>>,
}

pub(super) struct Keeper {
    // First, so that nothing runs any more when the rest is dropped.
    zygote: Zygote,
    pending: BTreeMap<u64, Pending>,
    orders: mpsc::UnboundedReceiver<Order>,
    media: MediaConfig,
    version: String,
    /// With `auto`: how full the memory is, and how often that is looked at.
    load: Option<(Load, Duration)>,
    /// Set when it takes no more runs.
    retired: Arc<AtomicBool>,
    leaving: Option<Reason>,
    runs: u32,
    /// Of the warm process after its first run, in KiB.
    resident_kb: Option<u64>,
    /// When it has to have said that it is there; `None` once it has.
    ready_by: Option<Instant>,
    idle_since: Instant,
    /// A run has ended well.
    pub(super) proved: bool,
}

impl Keeper {
    pub(super) fn new(
        zygote: Zygote,
        orders: mpsc::UnboundedReceiver<Order>,
        media: &MediaConfig,
        version: &str,
        load: Option<(Load, Duration)>,
        retired: Arc<AtomicBool>,
    ) -> Self {
        let now = Instant::now();
        Self {
            zygote,
            pending: BTreeMap::new(),
            orders,
            version: version.to_owned(),
            load,
            retired,
            leaving: None,
            runs: 0,
            resident_kb: None,
            ready_by: Some(now + media.warm_start()),
            idle_since: now,
            proved: false,
            media: media.clone(),
        }
    }

    /// Until the warm process is to end; what still runs then ends with this.
    pub(super) async fn keep(&mut self) -> Reason {
        loop {
            let step = match self.leaving.filter(|_| self.pending.is_empty()) {
                Some(reason) => {
                    // What was asked before it was known to leave is done first.
                    let Ok(order) = self.orders.try_recv() else { return reason };
                    self.obey(order).await
                }
                None => self.step().await,
            };
            if let Err(error) = step {
                self.retire(Reason::Fault);
                tracing::warn!(%error, runs = self.pending.len(), "the warm yt-dlp is given up");
                return Reason::Fault;
            }
        }
    }

    /// Does what comes next, or is due.
    async fn step(&mut self) -> io::Result<()> {
        let wake = self.wake();
        tokio::select! {
            answer = self.zygote.answer() => self.take(answer?).await,
            Some(order) = self.orders.recv() => self.obey(order).await,
            () = sleep_until(wake) => self.look().await,
        }
    }

    /// It takes no more runs, and leaves when those in hand have ended.
    fn retire(&mut self, reason: Reason) {
        self.retired.store(true, Ordering::Release);
        self.leaving.get_or_insert(reason);
    }

    async fn obey(&mut self, order: Order) -> io::Result<()> {
        match order {
            Order::Run(wanted) => self.start(*wanted).await,
            Order::Cancel(id) if self.pending.contains_key(&id) => self.kill(id).await,
            Order::Cancel(_) => Ok(()),
        }
    }

    async fn start(&mut self, wanted: Wanted) -> io::Result<()> {
        let Wanted { run, bounds, directory, reply } = wanted;
        self.runs += 1;
        if self.runs >= self.media.warm_max_jobs {
            self.retire(Reason::Jobs);
        }
        let (begun, deadline) = (Instant::now(), bounds.deadline);
        // If it does not answer, there is time left to do without it.
        let due = begun + self.media.warm_start().min((deadline - begun) / 2);
        let pending =
            Pending { begun, deadline, due, killed: false, group: None, directory, reply };
        self.pending.insert(run.id, pending);
        self.send(&Request::Run(run)).await
    }

    async fn kill(&mut self, id: u64) -> io::Result<()> {
        if let Some(pending) = self.pending.get_mut(&id) {
            pending.killed = true;
            pending.due = Instant::now() + GRACE;
        }
        self.send(&Request::Kill { id }).await
    }

    async fn send(&mut self, request: &Request) -> io::Result<()> {
        timeout(GRACE, self.zygote.send(request)).await?
    }

    async fn take(&mut self, answer: Answer) -> io::Result<()> {
        match answer {
            Answer::Ready { version } if version == self.version => self.ready_by = None,
            Answer::Ready { version } => {
                return Err(io::Error::other(format!("it is yt-dlp {version}")));
            }
            Answer::Started { id, pid } => {
                let pending = self.pending.get_mut(&id).ok_or_else(|| unknown(id))?;
                pending.group = Pid::from_raw(pid);
                if !pending.killed {
                    pending.due = pending.deadline;
                }
            }
            Answer::Ended(ended) => self.finish(ended).await?,
            Answer::Fault { problem } => return Err(io::Error::other(problem)),
        }
        Ok(())
    }

    async fn finish(&mut self, ended: Ended) -> io::Result<()> {
        let pending = self.pending.remove(&ended.id).ok_or_else(|| unknown(ended.id))?;
        if let Some(group) = pending.group.filter(|it| !is_gone(*it)) {
            let waited = tokio::task::spawn_blocking(move || wait_until_gone(group));
            waited.await.map_err(io::Error::other)?;
        }
        let first = *self.resident_kb.get_or_insert(ended.resident_kb);
        if ended.resident_kb.saturating_sub(first) > self.media.warm_max_growth_mb << 10 {
            self.retire(Reason::Growth);
        }
        self.idle_since = Instant::now();
        self.proved = true;
        // Nobody takes it if the run was canceled; its directory goes with it.
        let _ = pending.reply.send(Finished {
            ending: if pending.killed {
                Ending::Deadline
            } else {
                Ending::Exited(ExitStatus::from_raw(ended.status))
            },
            stdout: ended.stdout.into_bytes(),
            stderr: ended.stderr.into_bytes(),
            usage: ChildUsage {
                cpu_ms: ended.cpu_us / 1000,
                wall_ms: milliseconds(pending.begun.elapsed()),
                peak_memory_bytes: ended.peak_kb << 10,
            },
            kept: pending.directory,
        });
        Ok(())
    }

    /// When the next thing is due, if nothing happens before.
    fn wake(&self) -> Instant {
        let idle = self.idle_since + self.media.warm_idle();
        let look = self.load.as_ref().map(|(_, every)| Instant::now() + *every);
        let runs = self.pending.values().map(|it| it.due);
        let idle = self.pending.is_empty().then_some(idle);
        let all = runs.chain(idle).chain(look).chain(self.ready_by);
        all.min().unwrap_or_else(|| Instant::now() + GRACE)
    }

    /// Looks at what is due.
    async fn look(&mut self) -> io::Result<()> {
        let now = Instant::now();
        if self.ready_by.is_some_and(|it| it <= now) {
            return Err(io::Error::other("it does not start"));
        }
        let due: Vec<u64> =
            self.pending.iter().filter(|it| it.1.due <= now).map(|it| *it.0).collect();
        for id in due {
            let pending = &self.pending[&id];
            if pending.killed || pending.group.is_none() {
                return Err(io::Error::other("it does not answer"));
            }
            self.kill(id).await?;
        }
        if self.load.as_ref().is_some_and(|it| it.0.level() != Level::Normal) {
            self.retire(Reason::Memory);
        }
        if self.pending.is_empty() && self.idle_since + self.media.warm_idle() <= now {
            self.retire(Reason::Idle);
        }
        Ok(())
    }
}

impl Drop for Keeper {
    /// Work directories stay until nobody works in them.
    fn drop(&mut self) {
        self.zygote.end();
        for group in self.pending.values().filter_map(|it| it.group) {
            wait_until_gone(group);
        }
    }
}

fn unknown(id: u64) -> io::Error {
    io::Error::other(format!("it speaks of run {id}, which nobody asked for"))
}
