//! `cargo xtask bench http`: gateways beside those of the peer benchmark, by its own
//! harness.

mod harness;
mod rows;
mod told;

use std::path::PathBuf;

use self::harness::Harness;
use self::rows::Rows;
use super::Programs;
use crate::lab::{note, say};

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Args {
    #[command(flatten)]
    programs: Programs,
    /// Directory of the peer benchmark.
    #[arg(long, value_name = "DIR", default_value = "../shared/bench")]
    peers: PathBuf,
    /// What is run, with commas: `core` (one core each for server and client), `free`
    /// (0.1 CPU and 512 MB), and `jobs` (what the peers' workers take for a job that
    /// does nothing; what recap takes is told by `bench jobs`).
    #[arg(long, value_delimiter = ',', default_values = ["core", "free"])]
    what: Vec<String>,
    /// Servers, with commas: names of files in bench/servers and in that of the peers.
    #[arg(long, value_delimiter = ',', default_values = SERVERS)]
    servers: Vec<String>,
    /// Workers of the peers for `jobs`, with commas.
    #[arg(long, value_delimiter = ',', default_values = ["arq", "rq", "job-limit"])]
    workers: Vec<String>,
    /// Rounds in which each server has its turn; medians are told.
    #[arg(long, default_value_t = 5)]
    rounds: u32,
    /// Run nothing; tell these files of earlier runs.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    report: Vec<PathBuf>,
    /// Further options of the harness, as in `-- --seconds 2`.
    #[arg(last = true)]
    more: Vec<String>,
}

const SERVERS: [&str; 5] = ["fastapi", "actix-limit", "recap", "recap-embedded", "recap-all"];

const HELP: &str = "\
Needs root, control groups of version 1, wrk, redis-server and the peer benchmark:
copies that to target/bench/peer once, where it stays, and adds API keys to its
client (bench/peers/keys.patch) and recap to its servers (bench/servers). `core` takes
a quarter of an hour, `free` an hour. All rows are kept in target/bench/peer/out.

  cargo xtask bench http --what core --rounds 1 --servers fastapi,recap-embedded
                         -- --seconds 2          a first look
  cargo xtask bench http --report target/bench/peer/out/*.json     the tables again";

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let mut files = args.report.clone();
    if files.is_empty() {
        crate::tools::install()?;
        let harness = Harness::prepare(&args.peers, &args.programs.dir()?)?;
        for what in &args.what {
            let names = if what == "jobs" { &args.workers } else { &args.servers };
            note(&format!("{what}: {}", names.join(", ")));
            files.push(harness.run(what, names, args)?);
        }
    }
    let rows = Rows::read(&files)?;
    told::all(&rows);
    let names: Vec<String> = files.iter().map(|it| it.display().to_string()).collect();
    say(&format!("\nAll rows: {}", names.join(", ")));
    Ok(())
}
