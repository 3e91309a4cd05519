//! Clients that mean harm, and one that does not.

mod attacks;
mod honest;
mod tally;

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::ensure;

use self::attacks::Target;
use self::honest::{Honest, Phase};
use self::tally::Tally;
use super::Plan;
use super::served::serve_all;
use super::table::Figure;
use crate::lab::client::Client;
use crate::lab::figures::{megabytes, milliseconds};
use crate::lab::world::{World, unlimited};
use crate::lab::{address, say};

/// Three hours long: its transcript is the big answer.
const LONG: &str = "ok_long3h01";

/// How long the honest client is alone.
const QUIET: Duration = Duration::from_secs(10);

/// Without limits to how often a client may ask, which would turn most of it away:
/// what is tried is what an answer costs.
pub(super) async fn hostile(plan: Plan) -> anyhow::Result<Vec<Figure>> {
    let world = World::start(Duration::from_millis(10)).await?;
    let (process, client) = serve_all(&plan, &world, &unlimited()).await?;
    let job = made(&client).await?;
    let server: SocketAddr = address(&process.base())?;
    let target = Target { server, job: job.clone() };
    let honest = Honest::start(server, process.pid(), &job);

    tokio::time::sleep(QUIET).await;
    let mut figures = vec![alone(&honest.phase().await)];
    for (name, attack) in attacks::ALL {
        say(&format!("   {name}"));
        let tally = attack(target.clone()).await;
        figures.extend(under(name, &honest.phase().await, &tally));
    }
    say("   all of them at once");
    let tally = attacks::all_at_once(&target).await;
    figures.extend(under("all of them at once", &honest.phase().await, &tally));
    tokio::time::sleep(QUIET).await;
    let after = honest.phase().await;
    figures.push(Figure::told("memory afterwards", megabytes(after.memory_now)));
    Ok(figures)
}

async fn made(client: &Client) -> anyhow::Result<String> {
    let job = client.submit_video(LONG).await?;
    let ended = client.ended(Duration::from_mins(2)).await;
    ensure!(ended[&job]["status"] == "succeeded", "the long video was not summarised");
    Ok(job)
}

fn alone(phase: &Phase) -> Figure {
    let measured =
        format!("{} of {}, p95 {}", phase.answered, phase.asked, milliseconds(phase.p95));
    Figure::held("an honest client alone: reads answered", measured, "all", phase.is_served())
}

fn under(name: &str, phase: &Phase, tally: &Tally) -> [Figure; 2] {
    let Phase { asked, answered, p95, worst, memory, .. } = phase;
    let (p95, worst) = (milliseconds(*p95), milliseconds(*worst));
    let measured = format!(
        "{answered} of {asked}, p95 {p95}, slowest {worst}; memory up to {}",
        megabytes(*memory)
    );
    [
        Figure::held(format!("honest reads under: {name}"), measured, "all", phase.is_served()),
        Figure::held(format!("answers to: {name}"), tally.to_string(), "no 5xx", tally.is_clean()),
    ]
}
