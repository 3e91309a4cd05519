//! `cargo xtask bench seed`: what a server has to have before it is measured, written
//! into the store that the environment names: keys, and summaries of about 4 kB.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use recap_config::EnvironmentVariables;
use recap_core::JobKind;
use recap_core::job::Owner;
use recap_core::key::{ApiKey, KeyRequest, NewKey, Scope};
use recap_core::ports::Keys;
use recap_core::summary::{ChapterSummary, KeyPoint, Summary};
use recap_core::{Job, VideoId};
use recap_testkit::samples;
use sha2::{Digest as _, Sha256};

use crate::lab::now;

/// Clients. So many that none of them comes near a budget, and that the jobs of one
/// are few enough to be counted at each submit, as its limit wants.
const CLIENTS: usize = 500;

/// Before the id of a video, the id of the job that has its summary.
const JOB_PREFIX: &str = "job_01KAK3Q00000000";

/// Length of the longest text of a summary, in bytes: with the rest, 4 kB.
const TEXT: usize = 2495;

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// File that the keys are written to, one a line.
    keys: PathBuf,
    /// Directory with a file for each video, called by its id.
    videos: PathBuf,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let config = recap_config::load(None, &EnvironmentVariables::of_process())?.config;
    tokio::runtime::Runtime::new()?.block_on(async {
        let opened = recap_store::open(&config).await?;
        opened.store.check().await?;
        std::fs::write(&args.keys, keys(&*opened.keys).await?.join("\n"))?;
        for (number, video) in videos(&args.videos)?.into_iter().enumerate() {
            opened.store.insert(&summarized(video, number)?, false).await?;
        }
        Ok(())
    })
}

/// Makes a key for each client.
pub(super) async fn keys(store: &dyn Keys) -> anyhow::Result<Vec<String>> {
    let mut texts = Vec::new();
    for number in 0..CLIENTS {
        let NewKey { text, key } = key(number);
        store.put_key(&key).await?;
        texts.push(text);
    }
    Ok(texts)
}

/// In order of their ids.
fn videos(dir: &Path) -> anyhow::Result<Vec<VideoId>> {
    let mut videos = Vec::new();
    for entry in dir.read_dir()? {
        let path = entry?.path();
        let name = path.file_stem().and_then(|it| it.to_str()).context("a file has a name")?;
        videos.push(name.parse::<VideoId>().ok().context("a file is called by a video's id")?);
    }
    videos.sort_by_key(ToString::to_string);
    Ok(videos)
}

fn owner(number: usize) -> Owner {
    Owner::new(format!("client-{number}"))
}

fn key(number: usize) -> NewKey {
    let request = KeyRequest {
        owner: Some(owner(number)),
        name: format!("client {number}"),
        scopes: vec![Scope::Read, Scope::Submit],
        submits_per_minute: None,
        submits_per_day: None,
        expires_at: None,
    };
    let chance = Sha256::digest(format!("client {number}")).into();
    ApiKey::generate(request, chance, chance, now())
}

/// A job that has ended, whose summary belongs to the client of this number.
fn summarized(video: VideoId, number: usize) -> anyhow::Result<Job> {
    let mut job = samples::succeeded(JobKind::Summary);
    job.id = format!("{JOB_PREFIX}{video}").parse()?;
    job.owner = owner(number);
    job.input.video_id = Some(video);
    job.video = Some(samples::video(video));
    job.created_at = now();
    (job.started_at, job.completed_at) = (Some(now()), Some(now()));
    job.expires_at = now() + Duration::from_hours(72);
    job.result = Some(summary());
    Ok(job)
}

fn summary() -> Summary {
    let sentence = "The speaker explains how a small service stays fast within a tight budget. ";
    let minutes = Duration::from_mins;
    let point = |at: u64| KeyPoint { start: minutes(at), text: sentence.trim().to_owned() };
    let text: String = sentence.chars().cycle().take(TEXT).collect();
    let chapter = ChapterSummary {
        start: Duration::ZERO,
        end: minutes(30),
        title: "A tenth of a core".to_owned(),
        summary: text,
    };
    Summary {
        title: "How to run a summarizer in a tenth of a core".to_owned(),
        key_points: (0..8).map(point).collect(),
        chapters: vec![chapter],
        ..samples::summary()
    }
}
