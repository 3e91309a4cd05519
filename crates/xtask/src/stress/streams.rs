//! Many who watch jobs as they are worked on.

mod follow;

use std::time::Duration;

use serde_json::json;

use self::follow::{Seen, Streams};
use super::Plan;
use super::served::{begun, id_of, serve_all};
use super::table::Figure;
use crate::lab::client::Client;
use crate::lab::figures::megabytes;
use crate::lab::process::{Process, Settings};
use crate::lab::usage;
use crate::lab::world::{World, unlimited};

const STREAMS: usize = 200;

/// How long Gemini takes, for the streams to be opened while the job runs.
const ANSWER: Duration = Duration::from_secs(15);

/// How long a worker may take to hear that it is to pause.
const PAUSED: Duration = Duration::from_secs(3);

pub(super) async fn streams(plan: Plan) -> anyhow::Result<Vec<Figure>> {
    let world = World::start(ANSWER).await?;
    let mut settings = unlimited();
    settings.extend(more());
    let (process, client) = serve_all(&plan, &world, &settings).await?;
    let mut figures = of_one_job(&process, &client, &world).await?;
    figures.extend(of_many_jobs(&process, &client).await?);
    Ok(figures)
}

/// Room for all streams, and for all jobs in the queue.
fn more() -> Settings {
    vec![
        ("RECAP_SERVER__MAX_STREAMS", (4 * STREAMS).to_string()),
        ("RECAP_QUEUE__ENTRIES_PER_CLIENT", STREAMS.to_string()),
    ]
}

async fn of_one_job(
    process: &Process,
    client: &Client,
    world: &World,
) -> anyhow::Result<Vec<Figure>> {
    let job = client.submit().await?;
    begun(client, &job).await?;
    let before = usage::of(process.pid())?.memory;
    let streams = Streams::open(process, &vec![job; STREAMS]).await?;
    let with = usage::of(process.pid())?.memory;
    world.gemini.set_delay(Duration::from_millis(20));
    let seen = streams.ended().await?;
    Ok(figures("of one job", before, with, usage::of(process.pid())?.memory, &seen))
}

/// Each of a transcript of its own, so that none is done by the work on another.
async fn of_many_jobs(process: &Process, client: &Client) -> anyhow::Result<Vec<Figure>> {
    client.post("/v1/admin/pause").await?;
    tokio::time::sleep(PAUSED).await;
    let mut jobs = Vec::new();
    for number in 0..STREAMS {
        let text = format!("Talk {number} is about bridges. Bridge {number} stands on two arches.");
        let transcript = json!({"text": text.repeat(20), "language": "en", "title": "Bridges"});
        let job = client.post_json("/v1/summaries", &json!({"transcript": transcript})).await?;
        jobs.push(id_of(&job)?);
    }
    let before = usage::of(process.pid())?.memory;
    let streams = Streams::open(process, &jobs).await?;
    let with = usage::of(process.pid())?.memory;
    client.post("/v1/admin/resume").await?;
    let seen = streams.ended().await?;
    Ok(figures("of 200 jobs", before, with, usage::of(process.pid())?.memory, &seen))
}

fn figures(of: &str, before: u64, with: u64, after: u64, seen: &[Seen]) -> Vec<Figure> {
    let progress = seen.iter().filter(|it| it.progress > 0).count();
    let ended = seen.iter().filter(|it| it.end == 1).count();
    let each = with.saturating_sub(before) / 1024 / STREAMS as u64;
    let memory = [before, with, after].map(megabytes).join(" / ");
    let least = seen.iter().map(|it| it.progress).min().unwrap_or_default();
    vec![
        Figure::told(format!("memory before / with / after {STREAMS} streams {of}"), memory),
        Figure::told(format!("memory of a stream {of}"), format!("{each} kB")),
        Figure::held(
            format!("streams {of} that saw progress, and the end once"),
            format!("{progress} and {ended}; at least {least} events of progress each"),
            "200 and 200",
            (progress, ended) == (STREAMS, STREAMS),
        ),
    ]
}
