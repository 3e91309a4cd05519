//! `recap summarize URL`: the whole pipeline in this process.

use std::ffi::OsString;

use anyhow::Context as _;
use recap_config::Config;
use recap_core::summary::{Summary, render};
use recap_core::video::VideoUrl;
use recap_core::{Job, VideoId, VideoMetadata};
use recap_role::system_clock;

use crate::cli::{Format, StyleArg, SummarizeArgs};
use crate::exit::Exit;
use crate::follow::{self, Wanted};
use crate::text;

pub(crate) async fn run(
    config: &Config,
    args: &SummarizeArgs,
    search_path: Option<OsString>,
) -> anyhow::Result<Exit> {
    let video: VideoId = VideoUrl::parse(&args.url)?.id();
    let language = args.language.clone().unwrap_or_default().0;
    let wanted = Wanted { video, language, style: args.style.into() };
    let Some(job) = follow::to_the_end(config, search_path, wanted).await? else {
        text::say("interrupted");
        return Ok(Exit::Interrupted);
    };
    if let Some(failure) = job.error.as_ref().or(job.last_error.as_ref()) {
        return Err(failure.clone().into());
    }
    let rendered = match args.format {
        Format::Json => {
            recap_gateway::job_json(&job, system_clock()(), config.features.video_preview)? + "\n"
        }
        Format::Md => markdown(&job)?,
        Format::Txt => rendered_by(render::text, &job)?,
    };
    match &args.out {
        Some(path) => std::fs::write(path, rendered)
            .with_context(|| format!("cannot write {}", path.display()))?,
        None => text::print(rendered)?,
    }
    follow::say_warnings(&job);
    Ok(Exit::Done)
}

pub(crate) fn markdown(job: &Job) -> anyhow::Result<String> {
    rendered_by(render::markdown, job)
}

fn rendered_by(
    render: fn(&Summary, &VideoMetadata) -> String,
    job: &Job,
) -> anyhow::Result<String> {
    let parts = job.result.as_ref().zip(job.video.as_ref());
    let (summary, video) = parts.context("a finished job has a summary and a video")?;
    Ok(render(summary, video))
}

impl From<StyleArg> for recap_core::summary::Style {
    fn from(style: StyleArg) -> Self {
        match style {
            StyleArg::Brief => Self::Brief,
            StyleArg::Detailed => Self::Detailed,
            StyleArg::Bullets => Self::Bullets,
            StyleArg::Chapters => Self::Chapters,
        }
    }
}
