//! Gateways that end in the worst moment.

use std::time::{Duration, Instant};

use anyhow::ensure;

use crate::chaos::Plan;
use crate::chaos::audit::{Verdict, audit};
use crate::chaos::fleet::{Fleet, Wish};

const KILLS: usize = 50;

/// The fault point is made from outside: what a gateway says to the queue is
/// held back, so that it is killed when the document is written and the entry
/// is not. Its client gets no answer; the job is done all the same.
pub(super) async fn killed(plan: Plan) -> anyhow::Result<Verdict> {
    let mut fleet = Fleet::start(&plan, Wish::default()).await?;
    let client = fleet.client(1)?;
    client.submit_all(plan.jobs.saturating_sub(KILLS), 8).await?;
    let unheard = fleet.client(2)?;
    for turn in 0..KILLS {
        let before = documents(&fleet).await?;
        fleet.to_queue.hold(true);
        let submitting = unheard.submit();
        let killing = async {
            let end = Instant::now() + Duration::from_secs(30);
            while documents(&fleet).await? <= before {
                ensure!(Instant::now() < end, "no document came");
            }
            anyhow::Ok(())
        };
        tokio::select! {
            // The gateway gave up on the queue before it was killed: accepted, and
            // as good a document without an entry as any.
            done = submitting => drop(done?),
            done = killing => done?,
        }
        for index in 0..fleet.gateways.len() {
            fleet.restart_gateway(index)?;
        }
        fleet.to_queue.hold(false);
        fleet.ready().await?;
        if turn % 10 == 9 {
            crate::lab::say(&format!("   {} of {KILLS}", turn + 1));
        }
    }
    // What nobody was told of is as good as what was accepted.
    let orphans = listed(&fleet).await?;
    let mut verdict = audit(&fleet, &[&client, &unheard], &[]).await?;
    let end = Instant::now() + Duration::from_mins(3);
    let mut open = orphans.clone();
    while !open.is_empty() && Instant::now() < end {
        let mut still = Vec::new();
        for id in open {
            if client.job(&id).await?["completed_at"].is_null() {
                still.push(id);
            }
        }
        open = still;
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let count = orphans.len();
    verdict.expect(count >= KILLS, format!("only {count} were left between the two"));
    verdict.expect(open.is_empty(), format!("{} of them did not end", open.len()));
    verdict.note(format!("{KILLS} kills, {count} documents without an entry, all ended"));
    Ok(verdict)
}

/// How many documents of the second client there are.
async fn documents(fleet: &Fleet) -> anyhow::Result<usize> {
    Ok(listed(fleet).await?.len())
}

/// Jobs of the second client, whose videos are numbered from two million on.
async fn listed(fleet: &Fleet) -> anyhow::Result<Vec<String>> {
    let client = fleet.client(3)?;
    let page = client.any("/v1/jobs?limit=100").await?;
    let mut found = Vec::new();
    for job in page["data"].as_array().into_iter().flatten() {
        let video = job["input"]["video_id"].as_str().unwrap_or_default();
        if video.starts_with("cp_02") {
            found.extend(job["id"].as_str().map(str::to_owned));
        }
    }
    Ok(found)
}
