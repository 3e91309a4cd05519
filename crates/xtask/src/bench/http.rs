//! `cargo xtask bench http`: gateways beside those of the peer benchmark, by its own
//! harness.

mod harness;
mod rows;
mod told;

use std::path::PathBuf;

use self::harness::Harness;
use self::rows::{Rows, Which};
use super::Programs;
use super::page::Page;
use crate::lab::build;
use crate::lab::note;

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Args {
    #[command(flatten)]
    programs: Programs,
    /// Directory of the peer benchmark.
    #[arg(long, value_name = "DIR", default_value = "../shared/bench")]
    peers: PathBuf,
    /// What is run, with commas: `core` (one core each for server and client), `free`
    /// (0.1 CPU and 512 MB), and `jobs` (what a job that does nothing takes of workers
    /// and of recap's queue).
    #[arg(long, value_delimiter = ',', default_values = ["core", "free", "jobs"])]
    what: Vec<What>,
    /// Only these rows, with commas: `health`, `cached`, `submit`, `job`.
    #[arg(long, value_delimiter = ',', default_values = ROUTES)]
    only: Vec<String>,
    /// Servers, with commas: names of files in bench/servers and in that of the peers.
    #[arg(long, value_delimiter = ',', default_values = SERVERS)]
    servers: Vec<String>,
    /// Workers for `jobs`, with commas.
    #[arg(long, value_delimiter = ',', default_values = WORKERS)]
    workers: Vec<String>,
    /// Rounds in which each server has its turn; medians are told.
    #[arg(long, default_value_t = ROUNDS)]
    rounds: u32,
    /// Run nothing; tell these files of earlier runs.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    report: Vec<PathBuf>,
    /// Further options of the harness, as in `-- --seconds 2`.
    #[arg(last = true)]
    more: Vec<String>,
}

const WORKERS: [&str; 4] = ["arq", "rq", "job-limit", "recap"];
const ROUNDS: u32 = 5;
const ROUTES: [&str; 4] = ["health", "cached", "submit", "job"];
const SERVERS: [&str; 5] = ["fastapi", "actix-limit", "recap", "recap-embedded", "recap-all"];

const TEXT: &str = "\
Written by `cargo xtask bench http`: gateways of recap beside a FastAPI service and a bare \
actix-web program, on one core each for server and client or in 0.1 CPU and 512 MB. `recap` is \
on Redis and a document server, `recap-embedded` on SQLite, `recap-all` all roles in one process; \
bench/README.md says how. Of jobs that do nothing, recap's are entries of its queue on Redis, \
without the store. Medians, the least and the largest in brackets.";

/// A part of the peers' harness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::Display, clap::ValueEnum)]
#[strum(serialize_all = "lowercase")]
enum What {
    Core,
    Free,
    Jobs,
}

impl What {
    /// Who takes part.
    fn names(self, args: &Args) -> &[String] {
        if self == Self::Jobs { &args.workers } else { &args.servers }
    }

    /// What the harness is told besides.
    fn options(self) -> &'static [&'static str] {
        match self {
            Self::Core => &["--seconds", "4"],
            Self::Free => &["--seconds", "6", "--idle", "20", "--steady-seconds", "40"],
            // Only what they cost is told.
            Self::Jobs => &["--latency-jobs", "0", "--idle", "5"],
        }
    }

    /// How many seconds it takes, about, if the machine is quiet.
    fn seconds(self, args: &Args) -> u32 {
        let routes = u32::try_from(args.only.len()).unwrap_or(u32::MAX);
        let (start, round) = match self {
            Self::Core => (15, 6 * routes),
            Self::Free => (0, 110 + 8 * routes),
            Self::Jobs => (0, 60),
        };
        let names = u32::try_from(self.names(args).len()).unwrap_or(u32::MAX);
        names * (start + args.rounds * round)
    }
}

const HELP: &str = "\
Needs root, control groups of version 1, wrk, redis-server and the peer benchmark:
copies that to target/bench/peer once, where it stays, and adds API keys to its
client (bench/peers/changes.patch) and recap to its servers and workers (bench/servers,
bench/workers). Says before each how long it takes, and ends it after twice that; about
two hours for all. All rows are kept in target/bench/peer/out, and when all servers had
five rounds, docs/benchmarks/http.md is written.

  cargo xtask bench http --what core --only cached --rounds 1
                         --servers fastapi,recap-embedded    a first look, a minute
  cargo xtask bench http --report target/bench/peer/out/*.json     the tables again";

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let mut files = args.report.clone();
    if files.is_empty() {
        crate::tools::install()?;
        let programs = args.programs.dir()?;
        if args.programs.programs.is_none() && args.what.contains(&What::Jobs) {
            build("dist", &["xtask"])?;
        }
        let harness = Harness::prepare(&args.peers, &programs)?;
        for what in &args.what {
            files.push(harness.run(*what, args)?);
        }
    }
    let rows = Rows::read(&files)?;
    let mut page = Page::new("HTTP and queue", TEXT);
    told::all(&mut page, &rows);
    let names: Vec<String> = files.iter().map(|it| it.display().to_string()).collect();
    note(&format!("all rows: {}", names.join(", ")));
    page.write("http.md", is_whole(&rows))
}

/// Whether each server had its rounds of each kind.
fn is_whole(rows: &Rows) -> bool {
    let had = |server: &str, phase, route, metric| {
        rows.of(server, Which { phase, route }, metric).len() >= ROUNDS as usize
    };
    let served = |it: &str| {
        ["core", "free-closed"].iter().all(|phase| had(it, phase, Some("cached"), "rps"))
    };
    let worked = |it: &str| had(it, "jobs-rate", None, "jobs_per_s");
    SERVERS.iter().all(|it| served(it)) && WORKERS.iter().all(|it| worked(it))
}
