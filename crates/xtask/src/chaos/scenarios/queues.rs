//! Long queues, and who waits behind whom.

use std::time::{Duration, Instant};

use anyhow::ensure;

use crate::chaos::Plan;
use crate::chaos::audit::{Verdict, audit};
use crate::chaos::fleet::{Fleet, Wish};
use crate::lab::client::Client;

const BULK: usize = 10_000;
const MANY: usize = 5_000;
const FEW: usize = 5;

/// Submits at once of a client in a hurry.
const WIDTH: usize = 16;

pub(super) async fn bulk(plan: Plan) -> anyhow::Result<Verdict> {
    let fleet = Fleet::start(&plan, on_sqlite()).await?;
    let bulk = fleet.client(1)?.with_priority("bulk");
    let began = Instant::now();
    bulk.submit_all(BULK, WIDTH).await?;
    let rate = f64::from(u32::try_from(BULK)?) / began.elapsed().as_secs_f64();
    let interactive = fleet.client(2)?;
    let mut slowest = Duration::ZERO;
    for _ in 0..5 {
        let id = interactive.submit().await?;
        slowest = slowest.max(started(&interactive, &id).await?);
    }
    let mut verdict = audit(&fleet, &[&interactive], &[]).await?;
    let (done, _) = progress(&bulk).await;
    verdict.expect(slowest < Duration::from_secs(5), "an interactive job waited for too long");
    verdict.note(format!(
        "behind {BULK} bulk jobs ({rate:.0} submits a second, {done} done meanwhile) the slowest of 5 \
         interactive ones started after {slowest:.1?}"
    ));
    Ok(verdict)
}

pub(super) async fn fair(plan: Plan) -> anyhow::Result<Verdict> {
    let mut fleet = Fleet::start(&plan, on_sqlite()).await?;
    let [many, few] = fleet.owners(["many", "few"]).await?;
    many.submit_all(MANY, WIDTH).await?;
    let (before, _) = progress(&many).await;
    let began = Instant::now();
    few.submit_all(FEW, WIDTH).await?;
    few.ended(Duration::from_mins(5)).await;
    let took = began.elapsed();
    let (after, open) = progress(&many).await;
    let meanwhile = after - before;
    let mut verdict = audit(&fleet, &[&few], &[]).await?;
    verdict.expect(open > MANY / 2, "the long queue was done before the short one");
    verdict.expect(meanwhile < 500, "the small client waited behind the big one");
    verdict.note(format!(
        "the {FEW} jobs of the small client were done after {took:.1?}, while {meanwhile} of the \
         other's {MANY} were"
    ));
    Ok(verdict)
}

/// All processes over one file: `SecantusDB` reads a whole collection where mongod
/// would use an index, which takes minutes with so many documents.
fn on_sqlite() -> Wish {
    Wish { settings: vec![("MONGODB_URI", String::new())], ..Wish::default() }
}

/// How long it took until a worker had the job, by the gateway's clock.
async fn started(client: &Client, id: &str) -> anyhow::Result<Duration> {
    let end = Instant::now() + Duration::from_mins(2);
    loop {
        let job = client.job(id).await?;
        let time =
            |name: &str| job[name].as_str().and_then(|it| it.parse::<jiff::Timestamp>().ok());
        if let (Some(created), Some(started)) = (time("created_at"), time("started_at")) {
            return Ok(started.duration_since(created).try_into().unwrap_or_default());
        }
        ensure!(Instant::now() < end, "it was never started: {job:#}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// How many jobs of a client have ended, and how many have not; by a sample of
/// those that come first, since the rest is untouched.
async fn progress(client: &Client) -> (usize, usize) {
    let accepted = client.accepted().await;
    let (mut ended, mut untouched) = (0, 0);
    for id in &accepted {
        let Ok(job) = client.job(id).await else { continue };
        if !job["completed_at"].is_null() {
            ended += 1;
        } else if job["started_at"].is_null() {
            untouched += 1;
            // Behind so many that wait nobody has been served.
            if untouched > 200 {
                break;
            }
        }
    }
    (ended, accepted.len() - ended)
}
