//! A submit by the number of jobs that wait already.

use std::time::Duration;

use anyhow::ensure;
use serde_json::json;
use tokio::task::JoinSet;

use super::{Plan, Point};
use crate::bench::recap::Recap;
use crate::bench::seed;
use crate::lab::cgroup::FREE;
use crate::lab::note;
use crate::lab::world::unlimited;

/// How many jobs wait before those that are measured. Not none: the first submits open
/// what they need.
const WAITING: [u32; 6] = [20, 100, 1000, 10_000, 30_000, 100_000];

/// Each number is measured so often, by so many submits: few, as they lengthen the
/// queue.
const TIMES: u32 = 5;
const SUBMITS: u32 = 4;

/// Connections of those that only fill the queue.
const WIDTH: u32 = 8;

pub(super) async fn points(plan: &Plan) -> anyhow::Result<Vec<Point>> {
    let data = plan.dir.path().join("waiting");
    std::fs::create_dir_all(&data)?;
    let mut config = recap_config::Config::default();
    config.data.dir = data.clone();
    let keys = seed::keys(&*recap_store::open(&config).await?.keys).await?;
    let mut settings = unlimited();
    settings.push(("RECAP_DATA__DIR", data.display().to_string()));
    let dir = plan.dir.path();
    let recap = Recap::start_as("gateway", &plan.recap, FREE, &settings, dir).await?;
    let client = Submitter { http: client()?, url: recap.url("/v1/summaries"), keys };
    client.introduce(&recap.url("/v1/limits")).await?;
    let (mut next, mut points) = (0, Vec::new());
    for number in WAITING.into_iter().filter(|it| *it <= plan.most) {
        note(&format!("{number} jobs wait"));
        client.fill(next, number.max(next)).await?;
        next = number.max(next);
        let mut cpu = Vec::new();
        for _ in 0..TIMES {
            let before = recap.group.used()?.cpu;
            for it in next..next + SUBMITS {
                client.submit(it).await?;
            }
            next += SUBMITS;
            let used = recap.group.used()?.cpu.saturating_sub(before);
            cpu.push(used.as_secs_f64() * 1e6 / f64::from(SUBMITS));
        }
        points.push(Point { x: number, cpu });
    }
    Ok(points)
}

fn client() -> anyhow::Result<reqwest::Client> {
    Ok(recap_telemetry::http::client(Duration::from_secs(5), Duration::from_mins(1))?)
}

#[derive(Clone)]
struct Submitter {
    http: reqwest::Client,
    url: String,
    /// Of many clients, so that none has more open jobs than it may by default.
    keys: Vec<String>,
}

impl Submitter {
    async fn submit(&self, number: u32) -> anyhow::Result<()> {
        let key = &self.keys[usize::try_from(number)? % self.keys.len()];
        let body = json!({"url": format!("cp_{number:08}")});
        let answer = self.http.post(&self.url).bearer_auth(key).json(&body).send().await?;
        let status = answer.status();
        ensure!(status.as_u16() == 202, "{status}: {}", answer.text().await?);
        Ok(())
    }

    /// So that the gateway has looked up all keys before a submit is measured.
    async fn introduce(&self, url: &str) -> anyhow::Result<()> {
        for key in &self.keys {
            self.http.get(url).bearer_auth(key).send().await?.error_for_status()?;
        }
        Ok(())
    }

    /// Submits those numbers, several at once.
    async fn fill(&self, from: u32, to: u32) -> anyhow::Result<()> {
        let mut tasks = JoinSet::new();
        for turn in 0..WIDTH {
            let client = self.clone();
            tasks.spawn(async move {
                for number in (from..to).filter(|it| it % WIDTH == turn) {
                    client.submit(number).await?;
                }
                anyhow::Ok(())
            });
        }
        while let Some(done) = tasks.join_next().await {
            done??;
        }
        Ok(())
    }
}
