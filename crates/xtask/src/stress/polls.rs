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
use crate::lab::figures::{milliseconds, percentile, rate};
use crate::lab::say_progress;
use crate::lab::world::{World, unlimited};

const POLLS: usize = 10_000;
const CONNECTIONS: usize = 8;

/// How long Gemini takes for each of the three segments: the job runs on until all
/// polls are answered.
const ANSWER: Duration = Duration::from_secs(25);

/// Questions to the store a second that one job may cost: it is remembered for a
/// second, and forgotten when it changes.
const QUESTIONS: f64 = 2.0;

pub(super) async fn polls(plan: Plan) -> anyhow::Result<Vec<Figure>> {
    let world = World::start(ANSWER).await?;
    let (process, client) = serve_all(&plan, &world, &unlimited()).await?;
    let id = client.submit().await?;
    begun(&client, &id).await?;
    let name = "recap_store_questions_total";
    let reads = counted(&client, name, "\"read\"").await?;
    let writes = counted(&client, name, "\"write\"").await?;
    let began = Instant::now();
    let mut times = poll(&process.base(), &id).await?;
    let took = began.elapsed();
    let reads = counted(&client, name, "\"read\"").await? - reads;
    let writes = counted(&client, name, "\"write\"").await? - writes;
    ensure!(client.job(&id).await?["completed_at"].is_null(), "the job ended too early");
    times.sort();
    let at = |percent| milliseconds(percentile(&times, percent));
    let a_second = rate(usize::try_from(reads)?, took);
    Ok(vec![
        Figure::held(
            format!("store reads for {POLLS} polls of a running job"),
            format!("{reads} in {:.1} s", took.as_secs_f64()),
            "at most 2 a second",
            a_second <= QUESTIONS,
        ),
        Figure::held("store writes meanwhile", writes.to_string(), "0", writes == 0),
        Figure::told("polls a second", format!("{:.0}", rate(POLLS, took))),
        Figure::told("time of a poll", format!("p50 {}, p95 {}, p99 {}", at(50), at(95), at(99))),
    ])
}

/// Polls on so many connections, each of which asks again when it is answered.
async fn poll(base: &str, job: &str) -> anyhow::Result<Vec<Duration>> {
    let server = crate::lab::address(base)?;
    let (done, mut tasks) = (Arc::new(AtomicUsize::new(0)), JoinSet::new());
    for _ in 0..CONNECTIONS {
        let mut wire = Wire::connect(server, Ipv4Addr::LOCALHOST).await?;
        let (path, done) = (format!("/v1/jobs/{job}"), Arc::clone(&done));
        tasks.spawn(async move {
            let mut times = Vec::new();
            for _ in 0..POLLS / CONNECTIONS {
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
