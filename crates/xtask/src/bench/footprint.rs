//! `cargo xtask bench footprint`: what one `recap serve` costs, beside its yt-dlp.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::ensure;
use recap_simulator::scenario::copy;
use serde_json::json;

use super::Programs;
use super::page::Page;
use super::recap::Recap;
use super::table::{head, row, spread};
use crate::lab::cgroup::{FREE, Group};
use crate::lab::figures::megabytes;
use crate::lab::note;
use crate::lab::process::{Settings, peak_while};
use crate::lab::usage;
use crate::lab::world::{World, outside, unlimited};

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Args {
    #[command(flatten)]
    programs: Programs,
    /// Starts; medians are told.
    #[arg(long, default_value_t = STARTS)]
    starts: u32,
    /// Ordinary jobs; the mean is told.
    #[arg(long, default_value_t = JOBS)]
    jobs: u32,
}

const STARTS: u32 = 5;
const JOBS: u32 = 20;

const HELP: &str = "\
Needs root, for control groups. Each start is at 0.1 CPU and 512 MB, with an empty data
directory, watched for half a minute when it is idle, and repeated with what was left
there; jobs are without a quota, one after the other. Writes docs/benchmarks/footprint.md. Takes five minutes.

  cargo xtask bench footprint --programs target/dist --starts 1 --jobs 5   a first look";

const TEXT: &str = "\
Written by `cargo xtask bench footprint`: all roles in one process as it is shipped \
(profile `dist`), with SQLite, the real yt-dlp, kept warm, and the extractive summariser; \
simulators and client are outside of what is counted. Starts and idleness are at 0.1 CPU, \
jobs without a quota. Medians, the least and the largest in brackets; jobs have their mean.";

/// Three hours long.
const LONG: &str = "ok_long3h01";

/// Jobs before those that count: yt-dlp is warm by then.
const WARM: u32 = 2;

/// What a start still does in the background is over by then.
const SETTLED: Duration = Duration::from_secs(15);

/// How long an idle process is watched.
const IDLE: Duration = Duration::from_secs(30);

/// How often memory is looked at while a job runs.
const LOOK: Duration = Duration::from_millis(10);

const PATIENCE: Duration = Duration::from_mins(2);

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let program = args.programs.dir()?.join("recap");
    crate::tools::install()?;
    recap_telemetry::http::install_crypto();
    tokio::runtime::Runtime::new()?.block_on(measure(&program, args))
}

async fn measure(program: &Path, args: &Args) -> anyhow::Result<()> {
    let world = World::start(Duration::ZERO).await?;
    let settings = [outside(&world.youtube, &world.gemini), unlimited()].concat();
    let mut starts = Vec::new();
    for number in 1..=args.starts {
        note(&format!("start {number} of {}", args.starts));
        let data = world.dir().join(format!("start-{number}")).display().to_string();
        let settings = [&*settings, &[("RECAP_DATA__DIR", data)]].concat();
        starts.push(start(program, &settings, world.dir()).await?);
    }
    note(&format!("{} jobs", args.jobs));
    let recap = Recap::start(program, FREE, &settings, world.dir()).await?;
    let jobs = jobs(&recap, args.jobs).await?;

    let mut page = Page::new("Footprint", TEXT);
    page.say(&head(&["figure", "measured", "limit"]));
    let mut tell = |what: &str, measured: String, limit: &str| {
        page.say(&row(&[what.to_owned(), measured, limit.to_owned()]));
    };
    let of = |what: fn(&Start) -> f64| spread(&starts.iter().map(what).collect::<Vec<_>>());
    tell("first start to the first answer, at 0.1 CPU", format!("{} s", of(|it| it.first.0)), "");
    tell("CPU until then", format!("{} ms", of(|it| it.first.1)), "");
    tell("next start, after a kill", format!("{} s", of(|it| it.next.0)), "0.15 s");
    tell("CPU until then", format!("{} ms", of(|it| it.next.1)), "");
    tell("idle memory (resident)", format!("{} MB", of(|it| it.resident)), "30 MB");
    tell("of it anonymous", format!("{} MB", of(|it| it.anonymous)), "");
    tell("idle CPU", format!("{} ms a minute", of(|it| it.idle_ms_per_minute)), "");
    tell("CPU of a job, 25-minute video", format!("{:.1} ms", jobs.cpu_ms), "");
    tell("of it recap's", format!("{:.1} ms", jobs.own_ms), "");
    tell("of it yt-dlp's", format!("{:.1} ms", jobs.cpu_ms - jobs.own_ms), "");
    tell("peak memory with yt-dlp, 3-hour video", megabytes(jobs.peak), "150 MB");
    tell("memory of recap after it", megabytes(jobs.after), "");
    page.write("footprint.md", args.starts >= STARTS && args.jobs >= JOBS)
}

struct Start {
    /// Seconds and milliseconds of CPU to the first answer, with an empty directory,
    first: (f64, f64),
    /// and with what that one has left.
    next: (f64, f64),
    /// In megabytes, as the next.
    resident: f64,
    anonymous: f64,
    idle_ms_per_minute: f64,
}

async fn start(program: &Path, settings: &Settings, dir: &Path) -> anyhow::Result<Start> {
    let (recap, first) = first_answer(program, settings, dir).await?;
    recap.answers("/health/ready").await?;
    tokio::time::sleep(SETTLED).await;
    let before = cpu_ms(&recap)?;
    tokio::time::sleep(IDLE).await;
    let idle_ms_per_minute = (cpu_ms(&recap)? - before) * 60.0 / IDLE.as_secs_f64();
    let resident = in_megabytes(recap.group.resident());
    let anonymous = in_megabytes(usage::anonymous(recap.pid())?);
    drop(recap);
    let (_recap, next) = first_answer(program, settings, dir).await?;
    Ok(Start { first, next, resident, anonymous, idle_ms_per_minute })
}

async fn first_answer(
    program: &Path,
    settings: &Settings,
    dir: &Path,
) -> anyhow::Result<(Recap, (f64, f64))> {
    let group = Group::create(FREE)?;
    group.throttle()?;
    let began = Instant::now();
    let recap = Recap::spawn("all", group, program, settings, dir)?;
    recap.answers("/health/live").await?;
    let first = (began.elapsed().as_secs_f64(), cpu_ms(&recap)?);
    Ok((recap, first))
}

/// Of the group so far.
fn cpu_ms(recap: &Recap) -> anyhow::Result<f64> {
    Ok(recap.group.used()?.cpu.as_secs_f64() * 1000.0)
}

#[expect(clippy::cast_precision_loss, reason = "a figure with three digits")]
fn in_megabytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

struct Jobs {
    cpu_ms: f64,
    own_ms: f64,
    /// In bytes, as the next.
    peak: u64,
    after: u64,
}

/// The kernel counts the CPU of a process in ticks of 10 ms, so recap's own is that of
/// all jobs together.
async fn jobs(recap: &Recap, count: u32) -> anyhow::Result<Jobs> {
    let own = || anyhow::Ok(usage::of(recap.pid())?.cpu.as_secs_f64() * 1000.0);
    for number in 0..WARM {
        summarized(recap, &copy(number)).await?;
    }
    let before = (cpu_ms(recap)?, own()?);
    for number in WARM..WARM + count {
        summarized(recap, &copy(number)).await?;
    }
    let each = |spent: f64| spent / f64::from(count);
    let (all, own) = (each(cpu_ms(recap)? - before.0), each(own()? - before.1));
    let look = || recap.group.resident();
    let (done, peak) = peak_while(LOOK, look, summarized(recap, LONG)).await;
    done?;
    let after = usage::of(recap.pid())?.memory;
    Ok(Jobs { cpu_ms: all, own_ms: own, peak, after })
}

async fn summarized(recap: &Recap, video: &str) -> anyhow::Result<()> {
    let id = recap.submit(&json!({"url": video})).await?;
    let job = recap.ended(&id, Instant::now() + PATIENCE).await?;
    ensure!(job.is_some(), "{video} was not summarised in {PATIENCE:?}");
    Ok(())
}
