//! Messages whose senders end, and receivers that are away.

use std::time::{Duration, Instant};

use anyhow::ensure;

use crate::chaos::Plan;
use crate::chaos::audit::{Verdict, audit};
use crate::chaos::fleet::{Fleet, Wish};
use crate::lab::client::Client;
use crate::lab::say_progress;

const KILLS: usize = 30;

/// How long a job may take to end, and its messages to arrive.
const SOON: Duration = Duration::from_secs(30);

/// Every worker is killed, half of the times when the end is written and half of
/// the times when its messages are with the receiver, who does not answer.
pub(super) async fn killed(plan: Plan) -> anyhow::Result<Verdict> {
    // Messages of earlier turns must not keep those of this one from being sent.
    let settings = vec![("RECAP_WEBHOOKS__PER_HOST", "16".to_owned())];
    let mut fleet = Fleet::start(&plan, Wish { settings, ..Wish::default() }).await?;
    let client = fleet.client(1)?;
    let mut in_flight = 0;
    for turn in 0..KILLS {
        fleet.hooks.answer(None);
        let id = client.submit().await?;
        // Two by two: every other job has an address of its own.
        if turn % 4 < 2 {
            let paths = client.told_of(&id).await;
            fleet.hooks.arrived(&id, &paths, SOON).await?;
            in_flight += paths.len();
        } else {
            ended(&client, &id).await?;
        }
        fleet.replace_workers()?;
        fleet.hooks.answer(Some(200));
        say_progress(turn + 1, KILLS);
    }
    client.submit_all(plan.jobs.saturating_sub(KILLS), 8).await?;
    let mut verdict = audit(&fleet, &[&client], &[]).await?;
    let again = verdict.told.again;
    verdict.expect(again >= in_flight, "what was in flight did not come again");
    verdict.note(format!("{KILLS} kills, {in_flight} messages in flight, {again} came again"));
    Ok(verdict)
}

/// Looks so often that the worker has hardly time to tell.
async fn ended(client: &Client, id: &str) -> anyhow::Result<()> {
    let end = Instant::now() + SOON;
    while client.job(id).await?["completed_at"].is_null() {
        ensure!(Instant::now() < end, "{id} does not end");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    Ok(())
}

pub(super) async fn away(plan: Plan) -> anyhow::Result<Verdict> {
    let schedule = [2; 4].into_iter().chain([5; 4]).chain([10; 12]);
    let schedule: Vec<String> = schedule.map(|it: u32| it.to_string()).collect();
    let settings = vec![("RECAP_WEBHOOKS__SCHEDULE_SECONDS", schedule.join(","))];
    let mut fleet = Fleet::start(&plan, Wish { settings, ..Wish::default() }).await?;
    let client = fleet.client(1)?;
    let submitting = client.submit_over(plan.jobs, Duration::from_secs(90));
    let hooks = &mut fleet.hooks;
    let away = async {
        tokio::time::sleep(Duration::from_secs(10)).await;
        hooks.stop().await;
        tokio::time::sleep(Duration::from_mins(1)).await;
        hooks.start_again().await?;
        hooks.answer(Some(500));
        tokio::time::sleep(Duration::from_secs(30)).await;
        hooks.answer(Some(200));
        anyhow::Ok(())
    };
    tokio::try_join!(submitting, away)?;
    let mut verdict = audit(&fleet, &[&client], &[]).await?;
    let again = verdict.told.again;
    verdict.expect(again > 0, "nothing was answered with 500");
    verdict.note(format!("refused for 60 s, then 500 for 30 s, {again} times"));
    Ok(verdict)
}
