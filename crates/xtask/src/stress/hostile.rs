//! Clients that mean harm, and one that does not.

mod attacks;
mod honest;
mod tally;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

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

/// Each attack is repeated for so long: some are over in a blink.
const ATTACK: Duration = Duration::from_secs(5);

/// Fewest honest reads in that time, of one each 50 ms.
const FEWEST: usize = 50;

/// Most memory of the server under attack: half of the smallest instance.
const MEMORY: u64 = 256 << 20;

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
    for attack in attacks::ALL {
        say(&format!("   {}", attack.name));
        let (began, mut tally, mut times) = (Instant::now(), Tally::default(), 0);
        while times == 0 || began.elapsed() < ATTACK {
            tally.add((attack.run)(target.clone()).await);
            times += 1;
        }
        let answers = (attack.answers)(&tally, times);
        figures.extend(under(attack.name, &honest.phase().await, &tally, answers));
    }
    say("   all of them at once");
    let tally = attacks::all_at_once(&target).await;
    let clean = tally.is_clean();
    figures.extend(under("all of them at once", &honest.phase().await, &tally, clean));
    tokio::time::sleep(QUIET).await;
    let after = honest.phase().await;
    let held = (1..=MEMORY).contains(&after.memory_now);
    figures.push(Figure::held("memory afterwards", megabytes(after.memory_now), "≤ 256 MB", held));
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
        format!("{}, {} failed, p95 {}", phase.answered, phase.failed, milliseconds(phase.p95));
    let held = phase.is_served(FEWEST);
    Figure::held("an honest client alone: reads answered", measured, "all", held)
}

fn under(name: &str, phase: &Phase, tally: &Tally, answers: bool) -> [Figure; 3] {
    let Phase { answered, failed, p95, worst, memory, .. } = phase;
    let (p95, worst) = (milliseconds(*p95), milliseconds(*worst));
    let reads = format!("{answered}, {failed} failed; p95 {p95}, slowest {worst}");
    let bounded = (1..=MEMORY).contains(memory);
    [
        Figure::held(format!("honest reads under: {name}"), reads, "all", phase.is_served(FEWEST)),
        Figure::held(format!("memory under: {name}"), megabytes(*memory), "≤ 256 MB", bounded),
        Figure::held(format!("answers to: {name}"), tally.to_string(), "as documented", answers),
    ]
}
