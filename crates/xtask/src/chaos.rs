//! `cargo xtask chaos`: real gateways and workers over a real Redis and a
//! server of the MongoDB protocol, while things go wrong; and an audit that
//! counts what became of every job that was accepted.
//!
//! YouTube and Gemini are simulated in this process; all else are processes of
//! their own, on free ports of the loopback interface, and end with this one.

mod audit;
mod evictions;
mod figures;
mod fleet;
mod heard;
mod logs;
mod proxy;
mod scenarios;

use std::time::{Duration, Instant};

use audit::Verdict;
use scenarios::SCENARIOS;

use crate::lab::{build, say};

/// Longest time that one scenario may take; one that does has failed.
const SCENARIO_TIMEOUT: Duration = Duration::from_mins(12);

/// What to do, as told on the command line.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only scenarios whose name contains this; `figures` for the figures only.
    /// May be given several times.
    #[arg(long)]
    only: Vec<String>,
    /// Jobs submitted in each scenario.
    #[arg(long, default_value_t = 200)]
    jobs: usize,
    /// Cargo profile of the processes; the figures are those of `dist`.
    #[arg(long, default_value = "dist")]
    profile: String,
    /// Use the binaries that are there, whatever the sources say.
    #[arg(long)]
    built: bool,
    /// List the scenarios and end.
    #[arg(long)]
    list: bool,
}

/// What every scenario is given.
#[derive(Clone)]
pub(crate) struct Plan {
    pub(crate) jobs: usize,
    pub(crate) profile: String,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    if args.list {
        for scenario in SCENARIOS {
            say(&format!("{:<24} {}", scenario.name, scenario.about));
        }
        return Ok(());
    }
    if !args.built {
        build(&args.profile, &["recap-gateway", "recap-worker"])?;
    }
    crate::tools::install()?;
    recap_telemetry::http::install_crypto();
    let plan = Plan { jobs: args.jobs, profile: args.profile.clone() };
    tokio::runtime::Runtime::new()?.block_on(all(&plan, &args.only))
}

async fn all(plan: &Plan, only: &[String]) -> anyhow::Result<()> {
    let chosen = |name: &str| only.is_empty() || only.iter().any(|it| name.contains(it.as_str()));
    let any = SCENARIOS.iter().any(|it| chosen(it.name)) || chosen("figures");
    anyhow::ensure!(any, "there is no such scenario; see --list");
    let mut failed = Vec::new();
    let mut rows = Vec::new();
    for scenario in SCENARIOS.iter().filter(|it| chosen(it.name)) {
        say(&format!("-- {}: {}", scenario.name, scenario.about));
        let began = Instant::now();
        let run = tokio::time::timeout(SCENARIO_TIMEOUT, (scenario.run)(plan.clone())).await;
        let verdict = match run {
            Ok(Ok(verdict)) => verdict,
            Ok(Err(error)) => Verdict::broken(format!("{error:#}")),
            Err(_elapsed) => Verdict::broken("it took too long".to_owned()),
        };
        if !verdict.passed() {
            failed.push(scenario.name);
        }
        let row = verdict.row(scenario.name, began.elapsed());
        say(&row);
        rows.push(row);
    }
    if !rows.is_empty() {
        say(&format!("\n{}\n{}", audit::HEAD, rows.join("\n")));
    }
    anyhow::ensure!(failed.is_empty(), "not held: {}", failed.join(", "));
    if chosen("figures") {
        figures::measure(plan).await?;
    }
    Ok(())
}
