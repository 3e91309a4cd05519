//! A Redis that goes, forgets, throws out and hangs up.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::chaos::Plan;
use crate::chaos::audit::{Verdict, audit};
use crate::chaos::evictions::Evictions;
use crate::chaos::fleet::{Fleet, Wish};

/// Fillers of a kilobyte, as many as fit into the server, and how often they come.
const FILLERS: usize = 8_000;
const WAVES: usize = 15;

pub(super) async fn stopped(plan: Plan) -> anyhow::Result<Verdict> {
    let mut fleet = Fleet::start(&plan, Wish::default()).await?;
    let client = fleet.client(1)?;
    let submitting = client.submit_over(plan.jobs, Duration::from_secs(90));
    let stopping = async {
        tokio::time::sleep(Duration::from_secs(10)).await;
        tokio::task::block_in_place(|| fleet.redis.stop());
        tokio::time::sleep(Duration::from_mins(1)).await;
        tokio::task::block_in_place(|| fleet.redis.start_again());
        anyhow::Ok(())
    };
    tokio::try_join!(submitting, stopping)?;
    let refused = client.refused();
    let mut verdict = audit(&fleet, &[&client], &[]).await?;
    verdict.expect(refused == 0, format!("{refused} submits were refused"));
    Ok(verdict)
}

pub(super) async fn flushed(plan: Plan) -> anyhow::Result<Verdict> {
    let fleet = Fleet::start(&plan, Wish::default()).await?;
    let client = fleet.client(1)?;
    let submitting = client.submit_over(plan.jobs, Duration::from_secs(30));
    let flushing = async {
        for _ in 0..4 {
            tokio::time::sleep(Duration::from_secs(8)).await;
            fleet.resp().await?.ask("FLUSHALL").await?;
        }
        anyhow::Ok(())
    };
    tokio::try_join!(submitting, flushing)?;
    audit(&fleet, &[&client], &[]).await
}

/// The fillers come in waves that each push out all that is there, so that keys of
/// the queue go as well, however often workers look at them.
pub(super) async fn evicting(plan: Plan) -> anyhow::Result<Verdict> {
    let redis = vec!["--maxmemory", "8mb", "--maxmemory-policy", "allkeys-lru"];
    let fleet = Fleet::start(&plan, Wish { redis, ..Wish::default() }).await?;
    let client = fleet.client(1)?;
    fleet.resp().await?.ask("CONFIG SET notify-keyspace-events Ee").await?;
    let evictions = Evictions::watch(fleet.resp().await?).await?;
    let submitting = client.submit_over(plan.jobs, Duration::from_secs(30));
    let ((), evicted) = tokio::try_join!(submitting, fill(&fleet))?;
    let mut verdict = audit(&fleet, &[&client], &[]).await?;
    let of_queue = evictions.of_queue();
    let warned = fleet.logs()?.contains("allkeys-lru");
    verdict.expect(!of_queue.is_empty(), "no key of the queue was evicted");
    verdict.expect(warned, "nobody was warned of the eviction policy");
    let kinds: BTreeSet<&str> = of_queue.iter().map(|it| kind(it)).collect();
    let kinds: Vec<&str> = kinds.into_iter().collect();
    verdict.note(format!(
        "{evicted} keys evicted, {} of them the queue's ({}), warned at the start",
        of_queue.len(),
        kinds.join(", ")
    ));
    Ok(verdict)
}

/// Writes what a cache would write, and says how many keys were evicted.
async fn fill(fleet: &Fleet) -> anyhow::Result<u64> {
    let (mut resp, value) = (fleet.resp().await?, "x".repeat(1000));
    for wave in 0..WAVES {
        let sets = (0..FILLERS).map(|it| format!("SET filler:{wave}:{it} {value} EX 600"));
        resp.ask_all(&sets.collect::<Vec<_>>()).await?;
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    resp.info("stats", "evicted_keys").await
}

/// `data` of `recap:queue:interactive:data`, `inflight` of one with a worker.
fn kind(key: &str) -> &str {
    key.split(':').nth(3).unwrap_or(key)
}

pub(super) async fn cut(plan: Plan) -> anyhow::Result<Verdict> {
    let fleet = Fleet::start(&plan, Wish::default()).await?;
    let client = fleet.client(1)?;
    let submitting = client.submit_over(plan.jobs, Duration::from_secs(40));
    let cutting = async {
        let mut killed = 0;
        for _ in 0..10 {
            tokio::time::sleep(Duration::from_secs(4)).await;
            let mut resp = fleet.resp().await?;
            for kind in ["normal", "pubsub"] {
                let command = format!("CLIENT KILL TYPE {kind} SKIPME yes");
                killed += resp.ask(&command).await?.parse::<u64>()?;
            }
        }
        anyhow::Ok(killed)
    };
    let ((), killed) = tokio::try_join!(submitting, cutting)?;
    let mut verdict = audit(&fleet, &[&client], &[]).await?;
    verdict.note(format!("{killed} connections killed"));
    Ok(verdict)
}
