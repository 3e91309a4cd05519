//! A poll by the number of jobs that are stored.

use std::time::Duration;

use recap_config::Config;
use recap_core::{Job, JobId, JobKind};
use recap_testkit::samples;

use super::{Plan, Point};
use crate::bench::recap::Recap;
use crate::lab::cgroup::FREE;
use crate::lab::note;
use crate::lab::now;
use crate::lab::world::unlimited;

/// How many jobs are stored.
const STORED: [u32; 4] = [1000, 10_000, 100_000, 1_000_000];

/// Each number is measured so often.
const TIMES: u32 = 5;

/// Polls of a measurement, each of another job.
const POLLS: u32 = 1000;

/// A gateway, and the jobs that it has.
struct Stored {
    recap: Recap,
    ids: Vec<JobId>,
}

/// All are there at once and measured in turn, so that what else the machine does is
/// the same for all.
pub(super) async fn points(plan: &Plan) -> anyhow::Result<Vec<Point>> {
    let (mut all, mut points) = (Vec::new(), Vec::new());
    for number in STORED.into_iter().filter(|it| *it <= plan.most) {
        note(&format!("storing {number} jobs"));
        all.push(store(plan, number).await?);
        points.push(Point { x: number, cpu: Vec::new() });
    }
    for time in 0..=TIMES {
        for (stored, point) in all.iter().zip(&mut points) {
            let cost = stored.poll(usize::try_from(time)?).await?;
            // The first time it opens what it needs.
            if time > 0 {
                point.cpu.push(cost);
            }
        }
    }
    Ok(points)
}

async fn store(plan: &Plan, number: u32) -> anyhow::Result<Stored> {
    let data = plan.dir.path().join(format!("stored-{number}"));
    std::fs::create_dir_all(&data)?;
    let mut config = Config::default();
    config.data.dir = data.clone();
    let store = recap_store::connect(&config).await?;
    store.check().await?;
    let mut ids = Vec::new();
    for _ in 0..number {
        let job = ended();
        store.insert(&job, false).await?;
        ids.push(job.id);
    }
    let mut settings = unlimited();
    settings.push(("RECAP_DATA__DIR", data.display().to_string()));
    // Else a thousand jobs are answered from memory, and a million are not.
    settings.push(("RECAP_CACHE__MEMORY_MB", "0".to_owned()));
    let dir = plan.dir.path();
    let recap = Recap::start_as("gateway", &plan.recap, FREE, &settings, dir).await?;
    Ok(Stored { recap, ids })
}

impl Stored {
    /// CPU of one poll, in microseconds.
    async fn poll(&self, time: usize) -> anyhow::Result<f64> {
        let before = self.recap.group.used()?.cpu;
        let step = self.ids.len() / usize::try_from(POLLS)?;
        // All over the table, and none twice in a row.
        for at in (0..self.ids.len()).step_by(step).map(|it| (it + time) % self.ids.len()) {
            self.recap.get(&format!("/v1/jobs/{}", self.ids[at])).await?;
        }
        let used = self.recap.group.used()?.cpu.saturating_sub(before);
        Ok(used.as_secs_f64() * 1e6 / f64::from(POLLS))
    }
}

/// A job that ended a moment ago.
fn ended() -> Job {
    let mut job = samples::succeeded(JobKind::Summary);
    job.id = JobId::generate();
    (job.created_at, job.completed_at) = (now(), Some(now()));
    job.expires_at = now() + Duration::from_hours(72);
    job
}
