//! `recap demo`: the main job on a simulated YouTube, with the real yt-dlp.

use std::ffi::OsString;

use recap_config::{Config, Provider, Secret};
use recap_core::Job;
use recap_core::summary::Style;
use recap_role::stop_signal;
use recap_simulator::gemini::Gemini;
use recap_simulator::youtube::YouTube;

use super::serve::listen;
use super::summarize::markdown;
use crate::app::App;
use crate::cli::DemoArgs;
use crate::exit::Exit;
use crate::follow::{self, Wanted};
use crate::text;

/// The 25-minute sample.
const SAMPLE: &str = "ok_demo25m1";

pub(crate) async fn run(
    config: &Config,
    args: &DemoArgs,
    search_path: Option<OsString>,
) -> anyhow::Result<Exit> {
    let scratch = tempfile::tempdir()?;
    let youtube = YouTube::start(0, scratch.path()).await?;
    let gemini = Gemini::start(0).await?;
    let mut config = simulated(config, &youtube, &gemini, args.gemini);
    follow::embed(&mut config, scratch.path());
    let exit = if args.serve {
        serve(&config, args.port, search_path).await
    } else {
        sample(&config, search_path).await
    };
    youtube.stop().await;
    gemini.stop().await;
    exit
}

/// The settings as they are, with the simulators in place of the world.
fn simulated(config: &Config, youtube: &YouTube, gemini: &Gemini, use_gemini: bool) -> Config {
    let mut config = config.clone();
    config.media.proxy = youtube.proxy_url();
    youtube.ca_file().clone_into(&mut config.media.ca_file);
    // A hanging scenario should not keep a newcomer waiting for long.
    config.media.socket_timeout_seconds = config.media.socket_timeout_seconds.min(5);
    config.media.deadline_seconds = config.media.deadline_seconds.min(30);
    config.gemini.base_url = gemini.base_url();
    config.gemini.api_key = Secret::new("simulated");
    // It has no quota to be spared.
    config.gemini.requests_per_minute = 0;
    config.summarize.provider = if use_gemini { Provider::Gemini } else { Provider::Extractive };
    config
}

async fn sample(config: &Config, search_path: Option<OsString>) -> anyhow::Result<Exit> {
    text::say(
        "recap demo: a 25-minute video of a simulated YouTube, the real yt-dlp, no key, no network",
    );
    let video = SAMPLE.parse().expect("the sample's id is one");
    let wanted = Wanted { video, language: None, style: Style::default() };
    let Some(job) = follow::to_the_end(config, search_path, wanted).await? else {
        return Ok(Exit::Interrupted);
    };
    if let Some(failure) = job.error.as_ref().or(job.last_error.as_ref()) {
        return Err(failure.clone().into());
    }
    text::print(markdown(&job)?)?;
    say_costs(&job);
    text::say("\nNow with a real video: recap summarize <URL>   As a service: recap demo --serve");
    Ok(Exit::Done)
}

fn say_costs(job: &Job) {
    text::say(format_args!("\nSegments: {}", job.progress.segments_total));
    for time in &job.timings {
        let seconds = std::time::Duration::from_millis(time.milliseconds).as_secs_f64();
        text::say(format_args!("{:<12} {seconds:>7.2} s", time.stage));
    }
    if let Some(child) = job.child {
        let seconds = |ms| std::time::Duration::from_millis(ms).as_secs_f64();
        text::say(format_args!(
            "{:<12} {:>7.2} s of CPU, {} MB at its peak",
            "yt-dlp used",
            seconds(child.cpu_ms),
            child.peak_memory_bytes >> 20
        ));
    }
}

async fn serve(config: &Config, port: u16, search_path: Option<OsString>) -> anyhow::Result<Exit> {
    let listener = listen(config, Some(port))?;
    let app = App::start(config, listener, search_path, |line| text::say(line)).await?;
    say_scenarios(&app);
    app.run_until(stop_signal()).await?;
    Ok(Exit::Done)
}

fn say_scenarios(app: &App) {
    text::say(format_args!("recap serves http://{} with simulators behind it.\n", app.address));
    for scenario in recap_simulator::scenario::all() {
        text::say(format_args!("  {}  {}", scenario.id, scenario.about));
    }
    text::say(format_args!(
        "\nTry:\n  curl -s http://{0}/v1/summaries -H 'content-type: application/json' \\\n       \
         -d '{{\"url\": \"https://youtu.be/{SAMPLE}\"}}'\n  \
         curl -s 'http://{0}/v1/jobs/<id>?wait=30s'\n  \
         curl -s http://{0}/v1/jobs/<id>/summary?format=md\n\nStop with Ctrl-C.",
        app.address
    ));
}
