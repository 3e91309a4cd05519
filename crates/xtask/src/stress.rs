//! `cargo xtask stress`: one recap, or two gateways, under more than they are
//! used to: polls, event streams, limits, clients that mean harm, and a kill
//! between the end of a job and its webhook.
//!
//! recap runs as processes of their own on loopback; the simulated world and the
//! clients are in this one. Both share the machine, so times are upper bounds.

mod hostile;
mod limits;
mod polls;
mod served;
mod streams;
mod table;
mod webhook;
mod wire;

use std::pin::Pin;
use std::time::{Duration, Instant};

use table::Figure;

use crate::lab::{build, say};

/// Longest time that one case may take; one that does has failed.
const TIMEOUT: Duration = Duration::from_mins(10);

/// What to do, as told on the command line.
#[derive(clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Args {
    /// Only cases whose name contains this; may be given several times.
    #[arg(long)]
    only: Vec<String>,
    /// Cargo profile of recap; the figures are those of `dist`.
    #[arg(long, default_value = "dist")]
    profile: String,
    /// Use the binary that is there, whatever the sources say.
    #[arg(long)]
    built: bool,
    /// List the cases and end.
    #[arg(long)]
    list: bool,
}

const HELP: &str = "\
Starts recap on free ports of loopback, with a data directory that is removed
afterwards, and the simulated YouTube and Gemini; nothing leaves this machine. All
cases take about six minutes, and end with a table as in docs/benchmarks/stress.md.
Fails if a figure is not what it must be.

  cargo xtask stress --list               what there is
  cargo xtask stress --only polls         one case
  cargo xtask stress --profile dev        of a debug build: right, but slow
  cargo run --profile dist -p xtask -- stress
                                          with optimised clients: for the figures";

/// What every case is given.
#[derive(Clone)]
pub(crate) struct Plan {
    pub(crate) profile: String,
}

type Run = fn(Plan) -> Pin<Box<dyn Future<Output = anyhow::Result<Vec<Figure>>>>>;

/// Something that recap has to bear.
struct Case {
    name: &'static str,
    about: &'static str,
    run: Run,
}

macro_rules! case {
    ($name:literal, $about:literal, $run:path) => {
        Case { name: $name, about: $about, run: |plan| Box::pin($run(plan)) }
    };
}

const CASES: &[Case] = &[
    case!("polls", "one client asks for one running job 10,000 times", polls::polls),
    case!("streams", "200 event streams of one job, and 200 of 200 jobs", streams::streams),
    case!("limits", "200 submits of one client to two gateways at once", limits::limits),
    case!("hostile", "slow, big, deep and deaf clients, and an honest one", hostile::hostile),
    case!("webhook", "kill -9 between the end of a job and its webhook", webhook::webhook),
];

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    if args.list {
        for it in CASES {
            say(&format!("{:<12} {}", it.name, it.about));
        }
        return Ok(());
    }
    if !args.built {
        build(&args.profile, &["recap"])?;
    }
    crate::tools::install()?;
    recap_telemetry::http::install_crypto();
    let plan = Plan { profile: args.profile.clone() };
    tokio::runtime::Runtime::new()?.block_on(all(&plan, &args.only))
}

async fn all(plan: &Plan, only: &[String]) -> anyhow::Result<()> {
    let chosen = |it: &&Case| only.is_empty() || only.iter().any(|name| it.name.contains(name));
    anyhow::ensure!(CASES.iter().any(|it| chosen(&it)), "there is no such case; see --list");
    let (mut rows, mut failed) = (Vec::new(), Vec::new());
    for case in CASES.iter().filter(chosen) {
        say(&format!("-- {}: {}", case.name, case.about));
        let began = Instant::now();
        let figures = match tokio::time::timeout(TIMEOUT, (case.run)(plan.clone())).await {
            Ok(Ok(figures)) => figures,
            Ok(Err(error)) => vec![Figure::broken(&format!("{error:#}"))],
            Err(_elapsed) => vec![Figure::broken("it took too long")],
        };
        if !figures.iter().all(Figure::is_held) {
            failed.push(case.name);
        }
        let more: Vec<String> = figures.iter().map(|it| it.row(case.name)).collect();
        say(&format!("{}\n   {:.0} s", more.join("\n"), began.elapsed().as_secs_f64()));
        rows.extend(more);
    }
    say(&format!("\n{}\n{}", table::HEAD, rows.join("\n")));
    anyhow::ensure!(failed.is_empty(), "not held: {}", failed.join(", "));
    Ok(())
}
