//! recap, all in one process, with SQLite and the extractive summariser.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use serde_json::json;

use super::Plan;
use super::measure::{Done, Worker};
use crate::bench::recap::Recap;
use crate::lab::cgroup::{FREE, Group};
use crate::lab::process::Settings;
use crate::lab::world::{outside, unlimited};

pub(super) fn settings(plan: &Plan) -> Settings {
    [outside(&plan.world.youtube, &plan.world.gemini), unlimited()].concat()
}

pub(super) async fn start(
    plan: &Plan,
    variant: Option<&(String, String)>,
) -> anyhow::Result<Recap> {
    let mut settings: Vec<(&str, String)> = settings(plan);
    settings.extend(variant.map(|(name, value)| (name.as_str(), value.clone())));
    Recap::start(&plan.recap, FREE, &settings, plan.world.dir()).await
}

#[async_trait]
impl Worker for Recap {
    fn group(&self) -> &Group {
        &self.group
    }

    async fn work(&self, first: u32, count: u32, most: Duration) -> anyhow::Result<Done> {
        let began = Instant::now();
        let end = began.checked_add(most).unwrap_or(began + Duration::from_hours(24));
        let mut ids = Vec::new();
        for number in first..first + count {
            ids.push(self.submit(&json!({"url": format!("cp_{number:08}")})).await?);
        }
        let mut done = Done { child: Some(Duration::ZERO), ..Done::default() };
        for id in ids {
            let Some(job) = self.ended(&id, end).await? else { break };
            let child = job["usage"]["child"]["cpu_ms"].as_u64().unwrap_or_default();
            done.jobs += 1;
            done.wall = began.elapsed();
            done.cpu = self.group.used()?.cpu;
            done.child = done.child.map(|it| it + Duration::from_millis(child));
        }
        Ok(done)
    }
}
