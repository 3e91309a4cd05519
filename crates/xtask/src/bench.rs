//! `cargo xtask bench`: what recap costs, alone and beside the Python service that
//! it replaces.
//!
//! recap runs as it is shipped, as processes of their own; simulators and clients
//! are outside of what is counted. Figures are those of one machine; the ratios of
//! neighbours in time are what travels. Tables go to standard output, progress to
//! standard error.

mod empty;
mod footprint;
mod growth;
mod http;
mod jobs;
mod page;
mod pressure;
mod recap;
mod seed;
mod svg;
mod table;
mod ytdlp;

use std::path::PathBuf;

use clap::Subcommand;

pub(crate) use self::empty::entry;
use crate::lab::build;
use crate::shell;

/// The ordinary video: 25 minutes with captions.
const ORDINARY: &str = "ok_demo25m1";

/// What to measure, as told on the command line.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// One recap and its yt-dlp: start, idle, jobs.
    Footprint(footprint::Args),
    /// Whole jobs in 0.1 CPU and 512 MB, beside Python workers.
    Jobs(jobs::Args),
    /// Requests a second and what they cost, beside a Python and a bare Rust server.
    Http(http::Args),
    /// What a transcript costs, in each way of running yt-dlp. Takes two minutes.
    Ytdlp,
    /// What a job, a poll and a submit cost as there is more of everything.
    Growth(growth::Args),
    /// What is left off as memory fills, and whether it comes back.
    Pressure(pressure::Args),
    /// A queue whose jobs do nothing, for `http --what jobs`.
    #[command(hide = true)]
    Empty(empty::Args),
    /// Fill a store with keys and summaries, for `http`.
    #[command(hide = true)]
    Seed(seed::Args),
    /// Hold memory, for `pressure`.
    #[command(hide = true)]
    Fill,
}

pub(crate) fn run(args: Args) -> anyhow::Result<()> {
    match args.what {
        What::Footprint(args) => footprint::run(&args),
        What::Jobs(args) => jobs::run(&args),
        What::Http(args) => http::run(&args),
        What::Ytdlp => ytdlp::run(),
        What::Growth(args) => growth::run(&args),
        What::Pressure(args) => pressure::run(&args),
        What::Empty(args) => empty::run(&args),
        What::Fill => pressure::fill(),
        What::Seed(args) => seed::run(&args),
    }
}

/// Which recap is measured.
#[derive(Clone, Debug, clap::Args)]
struct Programs {
    /// Directory with the programs of recap; by default they are built as they are
    /// shipped, into target/dist.
    #[arg(long, value_name = "DIR")]
    programs: Option<PathBuf>,
}

impl Programs {
    /// Where they are, built if need be.
    fn dir(&self) -> anyhow::Result<PathBuf> {
        if let Some(dir) = &self.programs {
            return Ok(std::path::absolute(dir)?);
        }
        build("dist", &["recap", "recap-gateway", "recap-worker"])?;
        Ok(shell::root().join("target/dist"))
    }
}
