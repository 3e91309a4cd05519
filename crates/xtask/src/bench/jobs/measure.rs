//! One turn of a worker.

use std::time::Duration;

use anyhow::ensure;
use async_trait::async_trait;

use crate::bench::table::figure;
use crate::lab::cgroup::Group;
use crate::lab::figures::megabytes;
use crate::lab::process::peak_while;

/// How often resident memory is looked at.
const LOOK: Duration = Duration::from_millis(200);

/// Somebody who summarises videos in a control group.
#[async_trait]
pub(super) trait Worker {
    fn group(&self) -> &Group;

    /// Summarises `count` videos from number `first` on, for `most` at most.
    async fn work(&self, first: u32, count: u32, most: Duration) -> anyhow::Result<Done>;
}

/// What was done.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Done {
    pub(super) jobs: u32,
    /// Until the last of them ended.
    pub(super) wall: Duration,
    /// Of the group, when the last of them ended: what is begun and not done by then
    /// does not count.
    pub(super) cpu: Duration,
    /// What yt-dlp used, where it is a process of its own.
    pub(super) child: Option<Duration>,
}

/// What it took.
#[derive(Clone, Copy, Debug)]
pub(super) struct Figures {
    pub(super) done: Done,
    pub(super) cpu: Duration,
    /// Largest memory of the group, in bytes: with files that were read.
    pub(super) peak: u64,
    /// Largest sum of resident memory, in bytes.
    pub(super) resident: u64,
    pub(super) oom_kills: u64,
}

impl Figures {
    pub(super) fn per_hour(&self) -> f64 {
        f64::from(self.done.jobs) / self.done.wall.as_secs_f64() * 3600.0
    }

    /// In seconds.
    pub(super) fn cpu_per_job(&self) -> f64 {
        self.cpu.as_secs_f64() / f64::from(self.done.jobs)
    }

    /// The same of yt-dlp alone.
    pub(super) fn child_per_job(&self) -> Option<f64> {
        Some(self.done.child?.as_secs_f64() / f64::from(self.done.jobs))
    }

    pub(super) fn line(&self) -> String {
        format!(
            "{} jobs in {:.1} s: {} an hour, {} CPU-s each, peak {}, resident {}, {} killed",
            self.done.jobs,
            self.done.wall.as_secs_f64(),
            figure(self.per_hour()),
            figure(self.cpu_per_job()),
            megabytes(self.peak),
            megabytes(self.resident),
            self.oom_kills,
        )
    }
}

pub(super) async fn measure(
    worker: &dyn Worker,
    first: u32,
    count: u32,
    most: Duration,
) -> anyhow::Result<Figures> {
    let group = worker.group();
    let before = group.used()?.cpu;
    let work = worker.work(first, count, most);
    let (done, resident) = peak_while(LOOK, || group.resident(), work).await;
    let done = done?;
    let cpu = done.cpu.saturating_sub(before);
    ensure!(done.jobs > 0, "no job was done in {most:?}");
    Ok(Figures { done, cpu, peak: group.memory_peak()?, resident, oom_kills: group.oom_kills()? })
}
