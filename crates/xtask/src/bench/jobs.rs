//! `cargo xtask bench jobs`: whole jobs in the limits of a free instance, of recap
//! and of Python workers in turn.

mod measure;
mod naive;
mod own;
mod python;
mod served;
mod told;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::ensure;
use recap_testkit::servers::Redis;

use self::measure::{Figures, Worker, measure};
use super::Programs;
use super::page::Page;
use crate::lab::cgroup::FREE;
use crate::lab::note;
use crate::lab::world::World;

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Args {
    #[command(flatten)]
    programs: Programs,
    /// Rounds in which each one has its turn; medians are told.
    #[arg(long, default_value_t = ROUNDS)]
    rounds: u32,
    /// Jobs of each turn.
    #[arg(long, default_value_t = JOBS)]
    jobs: u32,
    /// Longest time of a turn, in seconds; the jobs done by then count.
    #[arg(long, default_value_t = 150)]
    seconds: u64,
    /// recap alone: so many jobs in one turn, of six seconds each at most.
    #[arg(long, value_name = "JOBS", conflicts_with_all = ["rounds", "jobs", "seconds"])]
    count: Option<u32>,
    /// A further recap with another setting, as in `RECAP_CACHE__MEMORY_MB=1`; may be
    /// given several times.
    #[arg(long, value_name = "NAME=VALUE", value_parser = variant)]
    variant: Vec<(String, String)>,
}

const ROUNDS: u32 = 5;
const JOBS: u32 = 20;

const HELP: &str = "\
Needs root, for control groups (version 1 or 2). Starts, one at a time and each in
a group of 0.1 CPU and 512 MB: recap as it is by default (all in one process, SQLite,
extractive), a worker of rq that forks for each job, and rq's SimpleWorker, which does
not. Each summarises videos of 25 minutes with captions, of a simulated YouTube that
is outside of the group, as are the client and the Redis of rq. Takes half an hour, and writes
docs/benchmarks/jobs.md. 500 jobs of `--count` take twelve minutes: jobs-500.md.

  cargo xtask bench jobs --programs target/dist --rounds 1 --jobs 5   a first look
  cargo xtask bench jobs --count 500     whether memory stays where it is";

fn variant(text: &str) -> Result<(String, String), &'static str> {
    let (name, value) = text.split_once('=').ok_or("must be like NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// What is needed to start one of them.
struct Plan {
    recap: PathBuf,
    /// The directory of the Python programs.
    python: PathBuf,
    world: World,
    redis: Redis,
}

/// One who takes part.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Contender {
    Recap(Option<(String, String)>),
    Rq { forks: bool },
}

impl Contender {
    fn name(&self) -> String {
        match self {
            Self::Recap(None) => "recap".to_owned(),
            Self::Recap(Some((name, value))) => format!("recap, {name}={value}"),
            Self::Rq { forks: true } => "rq, forking".to_owned(),
            Self::Rq { forks: false } => "rq, SimpleWorker".to_owned(),
        }
    }

    async fn start(&self, plan: &Plan) -> anyhow::Result<Box<dyn Worker>> {
        Ok(match self {
            Self::Recap(variant) => Box::new(served::start(plan, variant.as_ref()).await?),
            Self::Rq { forks } => Box::new(python::start(plan, *forks).await?),
        })
    }
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let recap = args.programs.dir()?.join("recap");
    crate::tools::install()?;
    let python = crate::tools::peers()?;
    recap_telemetry::http::install_crypto();
    tokio::runtime::Runtime::new()?.block_on(async {
        let redis = tokio::task::block_in_place(Redis::start);
        let world = World::start(Duration::ZERO).await?;
        all(args, &Plan { recap, python, world, redis }).await
    })
}

const TEXT: &str = "\
Written by `cargo xtask bench jobs`: videos of 25 minutes with captions, of a simulated YouTube, \
summarised in 0.1 CPU and 512 MB. Medians, the least and the largest in brackets; memory is the \
most of all rounds.";

/// Seconds that a start takes, with the first jobs.
const START: u64 = 20;

/// So many show whether memory stays where it is.
const MANY: u32 = 500;

/// Longest time of a job of `--count`, on average.
const EACH: Duration = Duration::from_secs(6);

async fn all(args: &Args, plan: &Plan) -> anyhow::Result<()> {
    let mut next = Numbers(0);
    if let Some(count) = args.count {
        let most = EACH * count;
        let figures = turn(&Contender::Recap(None), plan, &mut next, count, most).await?;
        let mut page = Page::new(&format!("{count} jobs"), TEXT);
        told::table(&mut page, &[("recap".to_owned(), vec![figures])]);
        let whole = figures.done.jobs == count && count >= MANY;
        page.write(&format!("jobs-{count}.md"), whole)?;
        ensure!(figures.done.jobs == count, "not all were done in {most:?}");
        return Ok(());
    }
    let recaps = std::iter::once(None).chain(args.variant.iter().cloned().map(Some));
    let peers = [true, false].map(|forks| Contender::Rq { forks });
    let all: Vec<Contender> = recaps.map(Contender::Recap).chain(peers).collect();
    let mut figures: Vec<(String, Vec<Figures>)> =
        all.iter().map(|it| (it.name(), Vec::new())).collect();
    let turns = u64::from(args.rounds) * u64::try_from(all.len())?;
    note(&format!("{} minutes at most", turns * (args.seconds + START) / 60 + 5));
    let naive = naive::cpu(plan)?;
    let own = own::costs(plan).await?;
    for round in 0..args.rounds {
        for (contender, (_, figures)) in all.iter().zip(&mut figures) {
            note(&format!("round {} of {}: {}", round + 1, args.rounds, contender.name()));
            let most = Duration::from_secs(args.seconds);
            figures.push(turn(contender, plan, &mut next, args.jobs, most).await?);
        }
    }
    let mut page = Page::new("Whole jobs", TEXT);
    told::table(&mut page, &figures);
    told::ratios(&mut page, &figures);
    page.say("");
    told::costs(&mut page, &figures, &naive, &own);
    let whole = args.rounds >= ROUNDS && args.jobs >= JOBS && args.variant.is_empty();
    page.write("jobs.md", whole)
}

/// Numbers of videos that nobody has summarised yet.
struct Numbers(u32);

impl Numbers {
    fn take(&mut self, count: u32) -> u32 {
        let first = self.0;
        self.0 += count;
        first
    }
}

/// Jobs before those that count: a worker has imported and opened all by then.
const WARM: u32 = 2;

async fn turn(
    contender: &Contender,
    plan: &Plan,
    next: &mut Numbers,
    count: u32,
    most: Duration,
) -> anyhow::Result<Figures> {
    let worker = contender.start(plan).await?;
    let warm = worker.work(next.take(WARM), WARM, Duration::from_mins(2)).await?;
    ensure!(warm.jobs == WARM, "{} did {} of its first {WARM} jobs", contender.name(), warm.jobs);
    worker.group().throttle()?;
    let figures = measure(worker.as_ref(), next.take(count), count, most).await?;
    note(&figures.line());
    Ok(figures)
}

const _: () = assert!(FREE.memory_mb == 512, "the help says so");
