//! What recap itself costs: jobs that bring their transcript, so that there is no
//! yt-dlp and no network.

use std::time::{Duration, Instant};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::{Value, json};

use super::{Plan, served};
use crate::bench::recap::Recap;
use crate::lab::cgroup::FREE;
use crate::lab::note;

/// Jobs of a figure: `JOBS` with the ordinary transcript, `EMPTY` of one line.
const JOBS: u32 = 40;
const EMPTY: u32 = 500;

/// Jobs before those that count.
const WARM: u32 = 5;

/// Who submit at once: there is always a job to do.
const SUBMITTERS: usize = 8;

const PATIENCE: Duration = Duration::from_mins(5);

/// CPU seconds of a job, the request that asked for it included.
#[derive(Clone, Copy, Debug)]
pub(super) struct Own {
    /// With the transcript of the 25-minute video.
    pub(super) ordinary: f64,
    /// With a single line: all that a job costs whatever it does.
    pub(super) empty: f64,
}

pub(super) async fn costs(plan: &Plan) -> anyhow::Result<Own> {
    note("recap's own CPU");
    // A warm yt-dlp has nothing to do here, and would be counted.
    let mut settings = served::settings(plan);
    settings.push(("RECAP_MEDIA__WARM", "off".to_owned()));
    let recap = Recap::start(&plan.recap, FREE, &settings, plan.world.dir()).await?;
    let id = recap.submit(&json!({"url": "cp_80000000"})).await?;
    recap.ended(&id, Instant::now() + PATIENCE).await?;
    let text = recap.raw(&format!("/v1/jobs/{id}/transcript?format=srt")).await?;
    let text = text.error_for_status()?.text().await?;
    let ordinary = |number: u32| {
        let end = format!("00:25:00,500 --> 00:25:01,000\nThat was {number}.\n");
        own("srt", &format!("{text}\n\n99999\n{end}"))
    };
    let empty = |number: u32| own("text", &format!("Nothing is said, {number} times."));
    Ok(Own {
        ordinary: cost(&recap, JOBS, ordinary).await?,
        empty: cost(&recap, EMPTY, empty).await?,
    })
}

fn own(format: &str, text: &str) -> Value {
    json!({"transcript": {"format": format, "text": text, "language": "en"}})
}

async fn cost(recap: &Recap, count: u32, body: impl Fn(u32) -> Value) -> anyhow::Result<f64> {
    run(recap, 0..WARM, &body).await?;
    let before = recap.group.used()?.cpu;
    run(recap, WARM..WARM + count, &body).await?;
    let used = recap.group.used()?.cpu.saturating_sub(before);
    Ok(used.as_secs_f64() / f64::from(count))
}

async fn run(
    recap: &Recap,
    numbers: std::ops::Range<u32>,
    body: impl Fn(u32) -> Value,
) -> anyhow::Result<()> {
    let bodies: Vec<Value> = numbers.map(body).collect();
    let submits = stream::iter(&bodies).map(|it| recap.submit(it)).buffered(SUBMITTERS);
    let ids: Vec<String> = submits.try_collect().await?;
    // Those before them have ended, or nearly so: each look costs what is measured.
    for last in ids.iter().rev().take(SUBMITTERS) {
        recap.ended(last, Instant::now() + PATIENCE).await?;
    }
    Ok(())
}
