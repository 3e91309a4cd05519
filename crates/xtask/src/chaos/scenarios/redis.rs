//! A Redis that goes, forgets, throws out and hangs up.

use std::time::Duration;

use crate::chaos::Plan;
use crate::chaos::audit::{Verdict, audit};
use crate::chaos::fleet::{Fleet, Wish};

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

pub(super) async fn evicting(plan: Plan) -> anyhow::Result<Verdict> {
    let redis = vec!["--maxmemory", "8mb", "--maxmemory-policy", "allkeys-lru"];
    let fleet = Fleet::start(&plan, Wish { redis, ..Wish::default() }).await?;
    let client = fleet.client(1)?;
    let submitting = client.submit_over(plan.jobs, Duration::from_secs(30));
    let filling = async {
        let mut resp = fleet.resp().await?;
        let value = "x".repeat(1000);
        // What a cache would write: keys that are newer than the queue's.
        for key in 0..60_000 {
            resp.ask(&format!("SET filler:{key} {value} EX 600")).await?;
        }
        resp.info("stats", "evicted_keys").await
    };
    let ((), evicted) = tokio::try_join!(submitting, filling)?;
    let mut verdict = audit(&fleet, &[&client], &[]).await?;
    let warned = fleet.logs()?.contains("allkeys-lru");
    verdict.expect(evicted > 1000, "nothing was evicted");
    verdict.expect(warned, "nobody was warned of the eviction policy");
    verdict.note(format!("{evicted} keys evicted, warned at the start"));
    Ok(verdict)
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
