//! A recap that is served.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use serde_json::Value;

use super::Plan;
use crate::lab::client::Client;
use crate::lab::free_port;
use crate::lab::hooks::Hooks;
use crate::lab::process::{Launch, Process};
use crate::lab::world::World;

/// How long a job may take to be begun.
const BEGUN: Duration = Duration::from_secs(30);

/// What lets `name`, which is one of several in the same `world`, run as it usually
/// would, with further settings.
pub(super) fn serve(
    plan: &Plan,
    world: &World,
    args: &[&str],
    settings: &[(&'static str, String)],
) -> anyhow::Result<Process> {
    let port = free_port()?;
    Process::start(Launch {
        profile: &plan.profile,
        program: "recap",
        args: &[&["serve"], args].concat(),
        port,
        settings: &[world.settings(), Hooks::settings(), settings.to_vec()].concat(),
        log: world.dir().join(format!("log-{port}.jsonl")),
    })
}

/// All roles in one process, ready.
pub(super) async fn serve_all(
    plan: &Plan,
    world: &World,
    settings: &[(&'static str, String)],
) -> anyhow::Result<(Process, Client)> {
    let process = serve(plan, world, &[], settings)?;
    let client = Client::new(vec![process.base()], 1)?;
    process.ready(&client).await?;
    Ok((process, client))
}

/// Waits until a worker is at the segments of a job.
pub(super) async fn begun(client: &Client, job: &str) -> anyhow::Result<()> {
    let end = Instant::now() + BEGUN;
    loop {
        let seen = client.job(job).await?;
        if seen["progress"]["segments_total"].as_u64().is_some_and(|it| it > 0) {
            return Ok(());
        }
        ensure!(Instant::now() < end && seen["completed_at"].is_null(), "not begun: {seen:#}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

pub(super) fn id_of(job: &Value) -> anyhow::Result<String> {
    job["id"].as_str().map(str::to_owned).with_context(|| format!("a job has an id: {job}"))
}

/// The sum of all series of a counter whose line holds `label`; an error if the
/// counter is not there, which would look like nothing being counted.
pub(super) async fn counted(client: &Client, name: &str, label: &str) -> anyhow::Result<u64> {
    let text = client.raw_get("/metrics").await?.error_for_status()?.text().await?;
    ensure!(text.contains(&format!("# TYPE {name} ")), "there is no metric {name}");
    Ok(sum(&text, name, label))
}

fn sum(text: &str, name: &str, label: &str) -> u64 {
    let ours = text.lines().filter(|it| it.starts_with(name) && it.contains(label));
    ours.filter_map(|it| it.rsplit(' ').next()?.parse::<u64>().ok()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_are_added_up() {
        let text = "# TYPE recap_x_total counter\nrecap_x_total{kind=\"read\"} 3\n\
                    recap_x_total{kind=\"write\"} 4\nrecap_y_total 5\n";
        assert_eq!(sum(text, "recap_x_total", "kind=\"read\""), 3);
        assert_eq!(sum(text, "recap_x_total", ""), 7);
        assert_eq!(sum(text, "recap_z_total", ""), 0);
    }
}
