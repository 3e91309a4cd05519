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
    /// Asked and neither answered nor given up yet; those of the phase before, too.
    under_way: usize,
    failed: usize,
    memory: u64,
}

impl Seen {
    fn ended(&self) -> usize {
        self.times.len() + self.failed
    }

    /// Begins the next phase, and gives this one.
    fn next(&mut self) -> Self {
        let next = Self { under_way: self.under_way, ..Self::default() };
        std::mem::replace(self, next)
    }

    fn look(&mut self, memory: u64) {
        self.memory = self.memory.max(memory);
    }
}

/// What was seen in one phase.
#[derive(Clone, Copy, Debug)]
pub(super) struct Phase {
    pub(super) answered: usize,
    pub(super) failed: usize,
    pub(super) p95: Duration,
    pub(super) worst: Duration,
    /// The most that was held.
    pub(super) memory: u64,
    pub(super) memory_now: u64,
}

impl Phase {
    /// Every read was answered, and there were some.
    pub(super) fn is_served(&self, fewest: usize) -> bool {
        self.failed == 0 && self.answered >= fewest
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

    /// What was seen since the last phase. A read belongs to the phase in which it
    /// ends, and the last ones that began in this one are waited for.
    pub(super) async fn phase(&self) -> Phase {
        let (end, begun) = (Instant::now() + PATIENCE, locked(&self.seen).ended());
        let due = begun + locked(&self.seen).under_way;
        while locked(&self.seen).ended() < due && Instant::now() < end + PATIENCE {
            tokio::time::sleep(LOOK).await;
        }
        let mut seen = locked(&self.seen).next();
        seen.times.sort();
        Phase {
            answered: seen.times.len(),
            failed: seen.failed,
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
        locked(&seen).under_way += 1;
        let (path, seen) = (path.clone(), Arc::clone(&seen));
        reads.spawn(async move {
            let began = Instant::now();
            let read = async {
                let mut wire = Wire::connect(server, Ipv4Addr::LOCALHOST).await?;
                wire.get(&path).await
            };
            let answered = matches!(timeout(PATIENCE, read).await, Ok(Ok(it)) if it.status == 200);
            let mut seen = locked(&seen);
            seen.under_way -= 1;
            if answered {
                seen.times.push(began.elapsed());
            } else {
                seen.failed += 1;
            }
        });
    }
}

fn locked(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}
