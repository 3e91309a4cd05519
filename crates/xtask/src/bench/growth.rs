//! `cargo xtask bench growth`: what becomes dearer as there is more of it.

mod length;
mod page;
mod stored;
mod waiting;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tempfile::TempDir;

use self::page::Part;
use super::Programs;
use crate::lab::note;

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Args {
    #[command(flatten)]
    programs: Programs,
    /// Only some, with commas: `length`, `stored`, `waiting`. Then no page is written.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Most jobs that are stored; the figure is that of a million.
    #[arg(long, default_value_t = MOST)]
    most: u32,
}

const MOST: u32 = 1_000_000;

const HELP: &str = "\
Needs root, for control groups, by which CPU is counted to the microsecond; there is
no quota. Writes docs/benchmarks/growth.md and its plots. Takes ten minutes, most of
them to store a million jobs, and 4 GB of /dev/shm, where the database is, so that the
disk of the machine is not what is measured.";

/// Points of one figure, each measured several times.
#[derive(Clone, Debug)]
struct Point {
    x: u32,
    /// CPU of one, in microseconds.
    cpu: Vec<f64>,
}

/// What is needed to start recap.
struct Plan {
    recap: PathBuf,
    dir: TempDir,
    most: u32,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let recap = args.programs.dir()?.join("recap");
    crate::tools::install()?;
    recap_telemetry::http::install_crypto();
    let plan = Plan { recap, dir: memory()?, most: args.most };
    let runtime = tokio::runtime::Runtime::new()?;
    let wanted = |name: &str| args.only.is_empty() || args.only.iter().any(|it| it == name);
    let mut parts = Vec::new();
    if wanted("length") {
        note("a job by the length of its video");
        parts.push(Part::length(runtime.block_on(length::points(&plan))?));
    }
    if wanted("stored") {
        note("a poll by the number of stored jobs");
        parts.push(Part::stored(runtime.block_on(stored::points(&plan))?));
    }
    if wanted("waiting") {
        note("a submit by the length of the queue");
        parts.push(Part::waiting(runtime.block_on(waiting::points(&plan))?));
    }
    page::tell(&parts, args.only.is_empty() && args.most == MOST)?;
    // What the databases still have in hand ends with the runtime.
    drop(runtime);
    let dir = plan.dir.path().display().to_string();
    plan.dir.close().with_context(|| format!("{dir} holds gigabytes; remove it"))
}

/// A directory in memory, if there is such a place.
fn memory() -> anyhow::Result<TempDir> {
    let shared = Path::new("/dev/shm");
    Ok(if shared.is_dir() { tempfile::tempdir_in(shared)? } else { tempfile::tempdir()? })
}
