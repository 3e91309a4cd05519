//! `cargo xtask bench pressure`: whether recap does what docs/decisions/0020 says
//! while somebody else fills the memory of its group, and afterwards.

mod filler;
mod look;

use std::time::{Duration, Instant};

use anyhow::ensure;
use serde_json::{Value, json};

use self::filler::Filler;
pub(super) use self::filler::run as fill;
use self::look::{HEAD, Look};
use super::Programs;
use super::page::Page;
use super::recap::Recap;
use crate::lab::cgroup::FREE;
use crate::lab::note;
use crate::lab::process::Settings;
use crate::lab::world::{World, unlimited};

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Args {
    #[command(flatten)]
    programs: Programs,
}

const HELP: &str = "\
Needs root, for control groups. recap has 0.1 CPU and 512 MB, shared with a program
that fills the memory to 83, 87 and 91 % and gives it back, while a job is at work.
At each step it is seen what is refused and what is not. Fails if that is not as
documented, if anything was killed, or if a job was lost. Writes
docs/benchmarks/pressure.md, unless it failed. Takes two minutes.";

const TEXT: &str = "\
Written by `cargo xtask bench pressure`: recap in 0.1 CPU and 512 MB, together with a program \
that fills the memory to so many percent, step by step, while a job is at work.";

/// How long Gemini takes for each of three segments: the job is at work meanwhile.
const ANSWER: Duration = Duration::from_secs(25);

/// How long recap may take to notice.
const NOTICED: Duration = Duration::from_secs(10);

const PATIENCE: Duration = Duration::from_mins(3);

/// So full, and what is left off then: of six, in their order.
const STEPS: [(u64, usize); 7] = [(60, 0), (83, 2), (87, 4), (91, 6), (86, 6), (83, 5), (60, 0)];

/// The step at which the job that was at work is let end.
const ENDS_AT: usize = 3;

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let program = args.programs.dir()?.join("recap");
    crate::tools::install()?;
    recap_telemetry::http::install_crypto();
    tokio::runtime::Runtime::new()?.block_on(async {
        let world = World::start(Duration::ZERO).await?;
        let settings = [world.settings(), unlimited(), more()].concat();
        let recap = Recap::start(&program, FREE, &settings, world.dir()).await?;
        pressed(&world, &recap).await
    })
}

/// All that can be left off is on, and what is used is logged often.
fn more() -> Settings {
    let all = [
        ("RECAP_LOG__FILTER", "info"),
        ("RECAP_RESOURCES__LOG_SECONDS", "2"),
        ("RECAP_FEATURES__FULL_TRANSCRIPT", "true"),
        ("RECAP_FEATURES__VIDEO_PREVIEW", "true"),
        ("RECAP_FEATURES__ADVANCED_SUMMARIZATION", "true"),
    ];
    all.map(|(name, value)| (name, value.to_owned())).to_vec()
}

async fn pressed(world: &World, recap: &Recap) -> anyhow::Result<()> {
    let end = || Instant::now() + PATIENCE;
    let before = recap.submit(&json!({"url": "cp_00000001"})).await?;
    ensure!(recap.ended(&before, end()).await?.is_some(), "the first job did not end");
    world.gemini.set_delay(ANSWER);
    let working = recap.submit(&json!({"url": "cp_00000002"})).await?;
    begun(recap, &working).await?;
    recap.group.throttle()?;

    let mut filler = Filler::start(&recap.group)?;
    let (mut accepted, mut wrong) = (Vec::new(), Vec::new());
    let mut working_ended = Value::Null;
    let mut page = Page::new("Memory under pressure", TEXT);
    page.say(HEAD);
    for (step, (percent, gone)) in STEPS.into_iter().enumerate() {
        settled(recap, &mut filler, percent, gone).await?;
        let look = Look::take(recap, &before, &working, step).await?;
        page.say(&look.row(percent));
        accepted.extend(look.accepted.clone());
        wrong.extend(look.wrong(percent, gone));
        if step == ENDS_AT {
            world.gemini.set_delay(Duration::from_millis(20));
            note("the job that was at work is let end");
            let job = recap.ended(&working, end()).await?;
            wrong.extend(job.is_none().then(|| "the job at work did not end".to_owned()));
            working_ended = job.unwrap_or_default();
        }
    }
    for id in &accepted {
        ensure!(recap.ended(id, end()).await?.is_some(), "{id} was accepted and did not end");
    }
    let killed = recap.group.oom_kills()?;
    wrong.extend((killed > 0).then(|| format!("{killed} processes were killed")));
    wrong.extend(look::log(&recap.log()?));
    page.say(&format!(
        "\nThe job that was at work {}, with the warnings {}.\n\
         {} jobs were accepted meanwhile, and all succeeded; {killed} processes were killed.",
        working_ended["status"],
        working_ended["warnings"],
        accepted.len()
    ));
    ensure!(wrong.is_empty(), "not as documented: {}", wrong.join("; "));
    page.write("pressure.md", true)
}

/// Waits until yt-dlp is gone and Gemini is asked.
async fn begun(recap: &Recap, job: &str) -> anyhow::Result<()> {
    let end = Instant::now() + PATIENCE;
    while recap.get(&format!("/v1/jobs/{job}")).await?["progress"]["segments_total"] == 0 {
        ensure!(Instant::now() < end, "the job was not begun");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

/// Fills the memory to `percent` and waits until so many things are left off, or says
/// nothing if that does not come. What recap gives up meanwhile, such as a yt-dlp that
/// was kept warm, is filled again.
async fn settled(
    recap: &Recap,
    filler: &mut Filler,
    percent: u64,
    gone: usize,
) -> anyhow::Result<()> {
    let end = Instant::now() + NOTICED;
    loop {
        filler.fill(&recap.group, percent)?;
        let left_off = look::left_off(&look::metrics(recap).await?).len();
        if left_off == gone || Instant::now() > end {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
