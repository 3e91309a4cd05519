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
const POLLS: usize = 1000;

pub(super) async fn points(plan: &Plan) -> anyhow::Result<Vec<Point>> {
    let data = plan.dir.path().join("stored");
    std::fs::create_dir_all(&data)?;
    let mut config = Config::default();
    config.data.dir = data.clone();
    let (mut ids, mut points) = (Vec::new(), Vec::new());
    for number in STORED.into_iter().filter(|it| *it <= plan.most) {
        note(&format!("storing {number} jobs"));
        let store = recap_store::connect(&config).await?;
        store.check().await?;
        while ids.len() < usize::try_from(number)? {
            let job = ended();
            store.insert(&job, false).await?;
            ids.push(job.id);
        }
        drop(store);
        points.push(Point { x: number, cpu: polls(plan, &data, &ids).await? });
    }
    Ok(points)
}

/// A job that ended a moment ago.
fn ended() -> Job {
    let mut job = samples::succeeded(JobKind::Summary);
    job.id = JobId::generate();
    (job.created_at, job.completed_at) = (now(), Some(now()));
    job.expires_at = now() + Duration::from_hours(72);
    job
}

/// CPU of one poll, in microseconds.
async fn polls(plan: &Plan, data: &std::path::Path, ids: &[JobId]) -> anyhow::Result<Vec<f64>> {
    let mut settings = unlimited();
    settings.push(("RECAP_DATA__DIR", data.display().to_string()));
    // Else a thousand jobs are answered from memory, and a million are not.
    settings.push(("RECAP_CACHE__MEMORY_MB", "0".to_owned()));
    let dir = plan.dir.path();
    let recap = Recap::start_as("gateway", &plan.recap, FREE, &settings, dir).await?;
    let mut costs = Vec::new();
    for time in 0..=TIMES {
        let before = recap.group.used()?.cpu;
        for poll in 0..POLLS {
            // All over the table, and none twice in a row.
            let at = (poll * (ids.len() / POLLS) + usize::try_from(time)?) % ids.len();
            recap.get(&format!("/v1/jobs/{}", ids[at])).await?;
        }
        let used = recap.group.used()?.cpu.saturating_sub(before);
        costs.push(used.as_secs_f64() * 1e6 / 1000.0);
    }
    // The first time it opens what it needs.
    Ok(costs.split_off(1))
}
