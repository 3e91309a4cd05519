//! A recap that is killed between the end of a job and its webhook.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::ensure;

use super::Plan;
use super::served::serve;
use super::table::Figure;
use crate::lab::client::Client;
use crate::lab::figures::median;
use crate::lab::hooks::{Addresses, Hooks};
use crate::lab::process::Process;
use crate::lab::say_progress;
use crate::lab::told::{Told, Wanted, count};
use crate::lab::world::{World, unlimited};

/// Kills while the message is with the receiver, and kills as soon as the end is
/// seen.
const KILLS: usize = 6;

const SOON: Duration = Duration::from_secs(30);

/// A message stays for 40 s with a sender that was killed, and is looked for every
/// 5 s.
const AGAIN: Duration = Duration::from_secs(75);

pub(super) async fn webhook(plan: Plan) -> anyhow::Result<Vec<Figure>> {
    let world = World::start(Duration::from_millis(50)).await?;
    let mut hooks = Hooks::start().await?;
    let (mut process, mut client) = start(&plan, &world).await?;
    let addresses = hooks.register(&client, None).await?;
    client = client.told_at(&addresses);
    let mut wanted = BTreeMap::new();
    let mut waits = Vec::new();
    for turn in 0..KILLS {
        hooks.answer(None);
        let id = client.submit().await?;
        let paths = client.told_of(&id).await;
        if turn % 2 == 0 {
            hooks.arrived(&id, &paths, SOON).await?;
        } else {
            ended(&client, &id).await?;
        }
        process.kill();
        let killed = Instant::now();
        hooks.answer(Some(200));
        wanted.insert(id, Wanted { status: "succeeded".to_owned(), paths });
        (process, client) = restarted(&plan, &world, &addresses).await?;
        told(&wanted, &hooks).await?;
        waits.push(killed.elapsed().as_secs_f64());
        say_progress(turn + 1, KILLS);
    }
    let Told { jobs, missing, unsigned, again, wrong, words } =
        count(&wanted, &hooks.messages(), hooks.secrets());
    drop(process);
    let words = if words.is_empty() { String::new() } else { format!(": {}", words.join(", ")) };
    Ok(vec![
        Figure::held(
            format!("{KILLS} kills between an end and its webhook: told, missing, unsigned, wrong"),
            format!("{jobs}, {missing}, {unsigned}, {wrong}{words}"),
            "6, 0, 0, 0",
            (jobs, missing, unsigned, wrong) == (KILLS, 0, 0, 0),
        ),
        Figure::held(
            "messages that came again, with id and body as before",
            again.to_string(),
            "3 or more: one for each kill that met a message on its way",
            again >= KILLS.div_ceil(2),
        ),
        Figure::told("from the kill to the last message", format!("{:.0} s", median(waits))),
    ])
}

async fn start(plan: &Plan, world: &World) -> anyhow::Result<(Process, Client)> {
    super::served::serve_all(plan, world, &unlimited()).await
}

async fn restarted(
    plan: &Plan,
    world: &World,
    addresses: &Addresses,
) -> anyhow::Result<(Process, Client)> {
    let process = serve(plan, world, &[], &unlimited())?;
    let client = Client::new(vec![process.base()], 1)?.told_at(addresses);
    process.ready(&client).await?;
    Ok((process, client))
}

async fn ended(client: &Client, id: &str) -> anyhow::Result<()> {
    let end = Instant::now() + SOON;
    while client.job(id).await?["completed_at"].is_null() {
        ensure!(Instant::now() < end, "{id} does not end");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    Ok(())
}

/// Waits until everybody was told.
async fn told(wanted: &BTreeMap<String, Wanted>, hooks: &Hooks) -> anyhow::Result<()> {
    let end = Instant::now() + AGAIN;
    while count(wanted, &hooks.messages(), hooks.secrets()).missing > 0 {
        ensure!(Instant::now() < end, "a message does not come");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}
