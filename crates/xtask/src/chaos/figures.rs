//! What it costs: latencies, rates, bytes, idle CPU.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use jiff::Timestamp;
use recap_config::{Config, Secret};
use recap_core::jobs::JobPayload;
use recap_core::ports::{Entry, Handler, Pull};
use recap_testkit::servers::Redis;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::Plan;
use super::fleet::{Fleet, Wish};
use crate::bench::entry;
use crate::lab::client::Client;
use crate::lab::figures::{megabytes, percentile, rate};
use crate::lab::resp::Resp;
use crate::lab::{say, usage};

/// Jobs whose start is timed, one after the other.
const STARTS: usize = 40;

/// Entries pushed and taken; fewer than the lane's bound.
const ENTRIES: usize = 5000;

const OPTIMISED: &str = "cargo run --profile dist --package xtask -- chaos --only figures";

/// How long idle processes are watched.
const IDLE: Duration = Duration::from_secs(30);

pub(crate) async fn measure(plan: &Plan) -> anyhow::Result<()> {
    say("\n| figure | measured |\n| --- | --- |");
    idle(plan).await?;
    // The queue's client is this program itself.
    if cfg!(debug_assertions) {
        say(&format!("\nThe queue by itself is measured by an optimised build only:\n{OPTIMISED}"));
        return Ok(());
    }
    entries().await
}

fn row(figure: &str, measured: &str) {
    say(&format!("| {figure} | {measured} |"));
}

async fn idle(plan: &Plan) -> anyhow::Result<()> {
    let mut fleet = Fleet::start(plan, Wish::default()).await?;
    let client = fleet.client(1)?;
    client.submit().await?;
    client.ended(Duration::from_mins(1)).await;

    let before = usage::of(fleet.workers[0].pid())?;
    let (with_three, _) = commands(&fleet).await?;
    let after = usage::of(fleet.workers[0].pid())?;
    let cpu = after.cpu.saturating_sub(before.cpu).as_secs_f64() / IDLE.as_secs_f64() * 100.0;
    row("idle CPU of a worker", &format!("{cpu:.2} % of a core"));
    row("idle memory of a worker", &megabytes(after.memory));

    let latencies = starts(&client).await?;
    let (p50, p99) = (percentile(&latencies, 50), percentile(&latencies, 99));
    row("submit to start, idle", &format!("p50 {p50:.0?}, p99 {p99:.0?} of {STARTS}"));

    for worker in &mut fleet.workers[1..] {
        worker.signal("TERM")?;
        worker.end(Duration::from_secs(30)).await?;
    }
    let (with_one, _) = commands(&fleet).await?;
    let each = (with_three - with_one) / 2.0;
    row("Redis commands of an idle worker", &format!("{each:.1} a second"));
    Ok(())
}

/// Redis commands a second while nothing happens, and how many in all.
async fn commands(fleet: &Fleet) -> anyhow::Result<(f64, u64)> {
    let mut resp = fleet.resp().await?;
    let before = resp.info("stats", "total_commands_processed").await?;
    tokio::time::sleep(IDLE).await;
    let count = resp.info("stats", "total_commands_processed").await? - before;
    Ok((f64::from(u32::try_from(count)?) / IDLE.as_secs_f64(), count))
}

async fn starts(client: &Client) -> anyhow::Result<Vec<Duration>> {
    let mut latencies = Vec::new();
    for _ in 0..STARTS {
        let id = client.submit().await?;
        let mut job = client.job(&id).await?;
        while job["completed_at"].is_null() {
            tokio::time::sleep(Duration::from_millis(50)).await;
            job = client.job(&id).await?;
        }
        let time = |name: &str| anyhow::Ok(job[name].as_str().unwrap_or_default().parse()?);
        let (created, started): (Timestamp, Timestamp) = (time("created_at")?, time("started_at")?);
        latencies.push(started.duration_since(created).try_into().unwrap_or_default());
    }
    latencies.sort();
    Ok(latencies)
}

/// The queue by itself, with jobs that do nothing.
async fn entries() -> anyhow::Result<()> {
    let redis = tokio::task::block_in_place(Redis::start);
    let mut config = Config::default();
    config.redis.url = Secret::new(redis.url());
    let queue = recap_queue::connect(&config).await?;
    let address = redis.url().trim_start_matches("redis://").trim_end_matches('/').parse()?;
    let mut resp = Resp::connect(address).await?;
    // What the first use costs is not an entry's.
    queue.push(&fresh(1), Duration::ZERO).await?;

    let before = resp.info("memory", "used_memory").await?;
    let began = Instant::now();
    for entry in fresh(ENTRIES / 5) {
        queue.push(&[entry], Duration::ZERO).await?;
    }
    let single = rate(ENTRIES / 5, began.elapsed());
    let began = Instant::now();
    let many = ENTRIES - ENTRIES / 5;
    queue.push(&fresh(many), Duration::ZERO).await?;
    let batch = rate(many, began.elapsed());
    row("enqueue, one by one", &format!("{single:.0} a second"));
    row("enqueue, as the reconciler does", &format!("{batch:.0} a second"));
    let bytes = (resp.info("memory", "used_memory").await? - before) / u64::try_from(ENTRIES)?;
    row("bytes in Redis for a queued job", &bytes.to_string());

    let one = drained(&config, 1, ENTRIES + 1).await?;
    row("empty jobs, one worker", &format!("{one:.0} a second"));
    queue.push(&fresh(ENTRIES), Duration::ZERO).await?;
    let three = drained(&config, 3, ENTRIES).await?;
    row("empty jobs, three workers", &format!("{three:.0} a second"));
    queue.clean().await?;
    row("keys left in Redis", &resp.ask("DBSIZE").await?);
    Ok(())
}

fn fresh(count: usize) -> Vec<Entry> {
    (0..count).map(|_| entry()).collect()
}

/// Does nothing, so often, and then says so.
struct Empty {
    left: AtomicUsize,
    done: CancellationToken,
}

#[async_trait]
impl Handler for Empty {
    async fn handle(&self, _: JobPayload) {
        if self.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.done.cancel();
        }
    }
}

/// Entries a second that so many workers handle, each with a connection of its
/// own.
async fn drained(config: &Config, workers: usize, entries: usize) -> anyhow::Result<f64> {
    let done = CancellationToken::new();
    let handler = Arc::new(Empty { left: AtomicUsize::new(entries), done: done.clone() });
    let (_resume, paused) = watch::channel(false);
    let mut running = JoinSet::new();
    let began = Instant::now();
    for _ in 0..workers {
        let queue = recap_queue::connect(config).await?;
        let pull = Pull {
            concurrency: config.worker.concurrency,
            regions: Vec::new(),
            paused: paused.clone(),
            stop: done.clone(),
        };
        let handler = Arc::clone(&handler);
        running.spawn(async move { queue.run(pull, handler).await });
    }
    done.cancelled().await;
    let time = began.elapsed();
    while let Some(ended) = running.join_next().await {
        ended??;
    }
    Ok(rate(entries, time))
}
