//! A client that reads one job every 50 ms, on a new connection each time, and
//! looks at how much memory the server holds.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::lab::figures::percentile;
use crate::lab::usage;
use crate::stress::wire::Wire;

const EVERY: Duration = Duration::from_millis(50);

/// A read that takes longer was not answered.
const PATIENCE: Duration = Duration::from_secs(5);

const LOOK: Duration = Duration::from_millis(20);

/// Reads until it is dropped.
pub(super) struct Honest {
    seen: Arc<Mutex<Seen>>,
    pid: u32,
    _tasks: JoinSet<()>,
}

/// Since the last phase.
#[derive(Default)]
struct Seen {
    times: Vec<Duration>,
    asked: usize,
    memory: u64,
}

impl Seen {
    fn look(&mut self, memory: u64) {
        self.memory = self.memory.max(memory);
    }
}

/// What was seen in one phase.
#[derive(Clone, Copy, Debug)]
pub(super) struct Phase {
    pub(super) asked: usize,
    pub(super) answered: usize,
    pub(super) p95: Duration,
    pub(super) worst: Duration,
    /// The most that was held.
    pub(super) memory: u64,
    pub(super) memory_now: u64,
}

impl Phase {
    /// Every read was answered.
    pub(super) fn is_served(&self) -> bool {
        self.asked > 0 && self.answered == self.asked
    }
}

impl Honest {
    pub(super) fn start(server: SocketAddr, pid: u32, job: &str) -> Self {
        let (seen, mut tasks) = (Arc::<Mutex<Seen>>::default(), JoinSet::new());
        tasks.spawn(read(server, format!("/v1/jobs/{job}"), Arc::clone(&seen)));
        let looking = Arc::clone(&seen);
        tasks.spawn(async move {
            loop {
                locked(&looking).look(memory(pid));
                tokio::time::sleep(LOOK).await;
            }
        });
        Self { seen, pid, _tasks: tasks }
    }

    /// What was seen since the last phase; waits for the reads that are under way.
    pub(super) async fn phase(&self) -> Phase {
        let asked = locked(&self.seen).asked;
        let end = Instant::now() + PATIENCE;
        while locked(&self.seen).times.len() < asked && Instant::now() < end {
            tokio::time::sleep(LOOK).await;
        }
        let mut seen = std::mem::take(&mut *locked(&self.seen));
        seen.times.sort();
        Phase {
            asked,
            // Those that were asked meanwhile may have been answered as well.
            answered: seen.times.len().min(asked),
            p95: percentile(&seen.times, 95),
            worst: percentile(&seen.times, 100),
            memory: seen.memory,
            memory_now: memory(self.pid),
        }
    }
}

/// Of one that is gone none; then no read is answered either.
fn memory(pid: u32) -> u64 {
    usage::of(pid).map_or(0, |it| it.memory)
}

async fn read(server: SocketAddr, path: String, seen: Arc<Mutex<Seen>>) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut reads = JoinSet::new();
    loop {
        ticks.tick().await;
        while reads.try_join_next().is_some() {}
        locked(&seen).asked += 1;
        let (path, seen) = (path.clone(), Arc::clone(&seen));
        reads.spawn(async move {
            let began = Instant::now();
            let read = async {
                let mut wire = Wire::connect(server, Ipv4Addr::LOCALHOST).await?;
                wire.get(&path).await
            };
            if matches!(timeout(PATIENCE, read).await, Ok(Ok(it)) if it.status == 200) {
                locked(&seen).times.push(began.elapsed());
            }
        });
    }
}

fn locked(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}
