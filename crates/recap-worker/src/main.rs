//! `recap-worker`: takes jobs from the queue and works on them.

use std::process::ExitCode;

use clap::Parser;
use recap_role::RoleArgs;

/// Takes jobs from the queue and works on them: the other half of recap-gateway.
///
/// Serves /health/live, /health/ready and /metrics. Stops in order at SIGTERM.
#[derive(Parser)]
#[command(name = "recap-worker", version, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    args: RoleArgs,
}

fn main() -> ExitCode {
    recap_role::run(&Cli::parse().args, recap_worker::process)
}
