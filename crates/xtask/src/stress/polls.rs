//! A client that polls.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::ensure;
use tokio::task::JoinSet;

use super::Plan;
use super::served::{begun, counted, serve_all};
use super::table::Figure;
use super::wire::Wire;
use crate::lab::client::Client;
use crate::lab::figures::{milliseconds, percentile, rate};
use crate::lab::process::Process;
use crate::lab::say_progress;
use crate::lab::world::{World, unlimited};

const POLLS: usize = 10_000;
const CONNECTIONS: usize = 8;

/// How long Gemini takes for each of the three segments: the job runs on until all
/// polls are answered.
const ANSWER: Duration = Duration::from_secs(25);

/// Questions to the store a second that one job may cost: it is remembered for a
/// second, and forgotten when it changes.
const QUESTIONS: u64 = 2;

/// For polls that last longer than the memory does.
const SPREAD: Duration = Duration::from_secs(20);

pub(super) async fn polls(plan: Plan) -> anyhow::Result<Vec<Figure>> {
    let world = World::start(ANSWER).await?;
    let (process, client) = serve_all(&plan, &world, &unlimited()).await?;
    let id = client.submit().await?;
    begun(&client, &id).await?;
    let mut figures = measured(&process, &client, &id, "at once", Duration::ZERO).await?;
    figures.extend(measured(&process, &client, &id, "over 20 s", SPREAD).await?);
    Ok(figures)
}

async fn measured(
    process: &Process,
    client: &Client,
    job: &str,
    how: &str,
    spread: Duration,
) -> anyhow::Result<Vec<Figure>> {
    let name = "recap_store_questions_total";
    let reads = counted(client, name, "\"read\"").await?;
    let writes = counted(client, name, "\"write\"").await?;
    let began = Instant::now();
    let mut times = poll(&process.base(), job, spread).await?;
    let took = began.elapsed();
    let reads = counted(client, name, "\"read\"").await? - reads;
    let writes = counted(client, name, "\"write\"").await? - writes;
    ensure!(client.job(job).await?["completed_at"].is_null(), "the job ended too early");
    times.sort();
    let at = |percent| milliseconds(percentile(&times, percent));
    let most = QUESTIONS * (took.as_secs() + 1);
    Ok(vec![
        Figure::held(
            format!("{POLLS} polls of a running job {how}: questions to the store"),
            format!("{reads} reads, {writes} writes in {:.1} s", took.as_secs_f64()),
            "1 to 2 reads a second",
            // Fewer than one each two seconds would mean that they are not counted.
            (1.max(took.as_secs() / 2)..=most).contains(&reads) && writes == 0,
        ),
        Figure::told(
            format!("the same {how}: rate, and time of a poll"),
            format!(
                "{:.0} a second, p50 {}, p95 {}, p99 {}",
                rate(POLLS, took),
                at(50),
                at(95),
                at(99)
            ),
        ),
    ])
}

/// Polls on so many connections, each of which asks again when it is answered, or
/// evenly over the time of `spread`.
async fn poll(base: &str, job: &str, spread: Duration) -> anyhow::Result<Vec<Duration>> {
    let server = crate::lab::address(base)?;
    let (done, mut tasks) = (Arc::new(AtomicUsize::new(0)), JoinSet::new());
    let each = POLLS / CONNECTIONS;
    let pause = spread / u32::try_from(each)?;
    for _ in 0..CONNECTIONS {
        let mut wire = Wire::connect(server, Ipv4Addr::LOCALHOST).await?;
        let (path, done) = (format!("/v1/jobs/{job}"), Arc::clone(&done));
        tasks.spawn(async move {
            let (mut times, start) = (Vec::new(), tokio::time::Instant::now());
            for turn in 0..u32::try_from(each)? {
                tokio::time::sleep_until(start + pause * turn).await;
                let began = Instant::now();
                let reply = wire.get(&path).await?;
                times.push(began.elapsed());
                ensure!(reply.status == 200, "a poll was answered {}", reply.status);
                say_progress(done.fetch_add(1, Ordering::Relaxed) + 1, POLLS);
            }
            Ok(times)
        });
    }
    let mut times = Vec::new();
    while let Some(done) = tasks.join_next().await {
        times.extend(done??);
    }
    Ok(times)
}
