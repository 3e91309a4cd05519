//! `recap-gateway`: serves the HTTP API.

use std::process::ExitCode;

use clap::Parser;
use recap_role::RoleArgs;

/// Serves the HTTP API: the other half of recap-worker.
///
/// Needs a store and a queue that both halves reach: `MONGODB_URI` and `REDIS_URL`,
/// or one data directory for all. Stops in order at SIGTERM.
#[derive(Parser)]
#[command(name = "recap-gateway", version, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    args: RoleArgs,
}

fn main() -> ExitCode {
    recap_role::run(&Cli::parse().args, recap_gateway::process)
}
